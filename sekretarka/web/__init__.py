"""HTTP for browsers that Reflex cannot do: the Auth.js surface under /api/auth, and the pages of clients' links."""
