"""The webhooks as part of the whole API."""

from tests.api.conftest import app as app
from tests.api.conftest import nobody as nobody
from tests.api.conftest import owner as owner
from tests.api.conftest import program as program
from tests.api.conftest import viewer as viewer
