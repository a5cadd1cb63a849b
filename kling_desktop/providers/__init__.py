"""The wire: provider profiles, request bodies, dialects of replies, authentication and errors."""
