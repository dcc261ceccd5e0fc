"""Entry point of ``python -m vmi.embedded.runner``."""

import sys

from vmi.embedded.errors import EmbeddedError
from vmi.embedded.runner.output import failure
from vmi.embedded.runner.supervisor import Supervisor


def main() -> int:
    """Run until interrupted; 0 after a clean stop, 1 with a reason otherwise."""
    try:
        return Supervisor.from_environment().run()
    except (EmbeddedError, PermissionError) as error:
        failure(str(error))
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
