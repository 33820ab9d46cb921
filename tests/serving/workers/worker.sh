#!/bin/sh
# Functions of a shell script for prun: prun map --serve ./worker.sh shout word
# `prun help worker-protocol` describes the protocol.
echo '{"prun": 1, "functions": [{"name": "shout", "parameters": [{"name": "word", "type": "string"}],
  "help": "the word in capitals", "result": "string"}, {"name": "lines", "help": "requests so far", "parameters": []}]}' |
  tr -d '\n'
echo
requests=0
while read -r line; do
  requests=$((requests + 1))
  id=$(printf '%s' "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
  case $line in
    *'"function":"lines"'*) result=$requests ;;
    *)
      word=$(printf '%s' "$line" | sed 's/.*"args":\["\([^"]*\)"\].*/\1/')
      result="\"$(printf '%s' "$word" | tr a-z A-Z)\""
      ;;
  esac
  printf '{"id":%s,"result":%s}\n' "$id" "$result"
done
