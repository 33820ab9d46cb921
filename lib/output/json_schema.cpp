// See json_schema.hpp.
#include "output/json_schema.hpp"

namespace prun {

std::string json_schema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "a task, as prun --output jsonl prints it on a line and --output json as an element of an array",
  "type": "object",
  "required": ["v", "index", "function", "args", "started", "duration", "worker", "attempt"],
  "properties": {
    "v": {"const": 1, "description": "the version of this schema"},
    "index": {"type": "integer", "minimum": 0, "description": "the position in the input"},
    "id": {"description": "the id that a task file gives the task"},
    "function": {"type": "string"},
    "args": {"type": "array"},
    "kwargs": {"type": "object"},
    "result": {"description": "of a command: an object with its exit status, outputs and usage, also if it failed"},
    "error": {
      "type": "object",
      "required": ["kind", "type", "message"],
      "properties": {
        "kind": {"type": "string", "enum": ["exception", "bad_arguments", "bad_result", "lost_signal", "lost_exit",
          "cancelled", "worker_start", "exit", "signal", "timeout", "cpu_limit", "out_of_memory", "interrupted",
          "terminal"]},
        "type": {"type": "string"},
        "message": {"type": "string"},
        "where": {"type": "string"},
        "traceback": {"type": "string"},
        "signal": {"type": "integer", "minimum": 1},
        "signal_name": {"type": "string"},
        "exit_status": {"type": "integer", "minimum": 0},
        "pid": {"type": "integer", "minimum": 1}
      },
      "additionalProperties": false
    },
    "started": {"type": ["string", "null"], "description": "UTC; null: the task never ran"},
    "duration": {"type": ["number", "null"], "description": "seconds"},
    "usage": {
      "type": "object",
      "required": ["user", "system", "max_rss", "minor_faults", "major_faults"],
      "properties": {
        "user": {"type": "number"},
        "system": {"type": "number"},
        "max_rss": {"type": "integer"},
        "minor_faults": {"type": "integer"},
        "major_faults": {"type": "integer"}
      },
      "additionalProperties": false
    },
    "host": {"type": "string", "description": "of a run on several machines, the one that ran the task"},
    "worker": {"type": ["integer", "null"], "description": "the process id"},
    "attempt": {"type": "integer", "minimum": 1}
  },
  "anyOf": [{"required": ["result"]}, {"required": ["error"]}],
  "additionalProperties": false
}
)";
}

}  // namespace prun
