"""The command line: one module per group of commands, each importing what it needs only when it runs."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="sekretarka", message="%(version)s")
def main() -> None:
    """AI Sekretarka: the dashboard and API behind an AI phone secretary."""
