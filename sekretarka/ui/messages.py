"""Messages where they are mentioned outside their own screen."""

from uuid import UUID

PATH = "/dashboard/messages"


def thread_href(client_id: UUID) -> str:
    """The path and query that open the messages with a client."""
    return f"{PATH}?client={client_id}"
