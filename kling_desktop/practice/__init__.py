"""The practice server: a stranger's reading of the API that answers with the draft."""
