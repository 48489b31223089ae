"""``python -m cybertip``"""

from cybertip.cli import main

main()
