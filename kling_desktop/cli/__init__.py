"""The commands of the command line, each a few lines over the rooms below."""

COMMANDS = (
    "new",
    "check",
    "request",
    "draft",
    "generate",
    "resume",
    "tasks",
    "follow",
    "practice",
    "account",
    "diagnostics",
)
