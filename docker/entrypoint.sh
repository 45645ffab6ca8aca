#!/bin/sh
# Starts the part that is named, or runs a command (`cli migrate`); it becomes process 1 and gets the signals itself.
case "${1:-}" in
  api | worker | uns | standalone) exec node "dist/apps/$1/src/main.js" ;;
  cli) shift && exec node dist/apps/cli/src/main.js "$@" ;;
  *)
    echo "maestrohub: name a part to start: api, worker, uns, standalone or cli" >&2
    exit 2
    ;;
esac
