"""The `yidang` command. Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 the system failed."""

import os

import click

EXIT_NO = 1
EXIT_FAILED = 3


class _Lazy(click.Group):
    """Loads a command's module when it is asked for, so that `--help` is quick and reading needs no database."""

    modules = {
        "demo": "demo",
        "serve": "serving",
        "prepare": "serving",
        "read": "reading",
        "copy": "reading",
        "check": "reading",
        "separators": "separating",
        "case": "casework",
        "drawings": "drawings",
        "instant": "instant",
        "seal": "sealing",
        "keys": "keys",
        "seals": "seals",
        "verify": "verifying",
        "certificate": "certificates",
        "renew": "renewing",
        "archive": "keeping",
        "records": "records",
        "exchange": "exchanging",
        "log": "logs",
        "search": "searching",
        "project": "projects",
        "staff": "staff",
        "teach": "teaching",
        "prints": "prints",
        "catalogue": "lists",
        "bench": "measuring",
        "models": "measuring",
    }

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.modules)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in self.modules:
            return None
        import importlib

        module = importlib.import_module(f"portal.cli.{self.modules[name]}")
        command: click.Command = getattr(module, name)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="yidang")
def cli() -> None:
    """一档: one submission, one seal, one provable archive."""


def main() -> None:
    """Entry point: the only place where an exception becomes an exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        result = cli.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        raise SystemExit(done.exit_code) from None
    except click.Abort:
        click.echo("已中断", err=True)
        raise SystemExit(130) from None
    except click.ClickException as wrong:
        wrong.show()
        raise SystemExit(2) from None
    except Exception as failure:
        if _debugging():
            raise
        code = getattr(failure, "code", type(failure).__name__)
        click.echo(f"系统失败 [{code}]: {failure}", err=True)
        raise SystemExit(EXIT_FAILED) from None
    raise SystemExit(result if isinstance(result, int) else 0)


def _debugging() -> bool:
    """Whether whole traces are wanted (YIDANG_DEBUG)."""
    from django.conf import settings

    return bool(settings.DEBUG)


def setup_django() -> None:
    """Make the tables reachable; commands that only read files do without."""
    import django

    django.setup()
