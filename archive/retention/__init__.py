"""How long a package is kept: schedule, holds, disposal with two approvals, and what remains of it."""
