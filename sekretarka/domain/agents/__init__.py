"""AI agents: voice, language, knowledge, capabilities, and the connection to the AI service."""
