"""The command line. Commands import what they need when they run, so that `--help` answers at once."""

import click

from sekretarka.cli import database, demo, jobs, load, mail, serving, sms


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="sekretarka", message="%(version)s")
def main() -> None:
    """AI Sekretarka: the dashboard and API behind an AI phone secretary.

    Settings come from the environment or `.env`; `.env.example` lists them. Commands end with 0 when they did what
    they were asked, 1 when it failed, 2 when they were asked wrongly, 78 when a setting is wrong.
    """


for command in (
    demo.demo,
    serving.serve,
    serving.api,
    serving.worker,
    serving.build,
    serving.dev,
    serving.openapi,
    database.migrate,
    database.backup,
    database.reencrypt,
    database.seed,
    database.create_owner,
    jobs.jobs,
    load.simulate,
    mail.catch_mail,
    sms.catch_sms,
):
    main.add_command(command)
