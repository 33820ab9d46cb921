/* The interface between prun and a plugin, in C: what a shared library exports so that prun can call its functions. C++
 * sources include <prun/function.hpp> instead, which writes all of this; other languages fill in these structs.
 *
 * A plugin exports one function, `prun_get_plugin`, that takes nothing and returns a `const struct prun_plugin*`. prun
 * loads the library in its own process, before or after its workers are forked, and calls the functions in workers. Nothing
 * but the types below crosses: no C++ object, no exception, no memory that one side would have to free for the other.
 *
 * Versions: another major is another interface, which prun refuses by name. A later minor only appends members, and each
 * struct says its size, so that both sides read no further than what the other has. Everything that a plugin points to
 * stays where it is until the process ends.
 *
 * Values are MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as far as JSON goes: nil, booleans,
 * integers of 64 bits, float64, str, array, and map with str keys. */
#ifndef PRUN_PLUGIN_H
#define PRUN_PLUGIN_H

/* NOLINTBEGIN(modernize-deprecated-headers,readability-identifier-naming): it is C */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PRUN_PLUGIN_MAJOR 1
#define PRUN_PLUGIN_MINOR 0

/* What a parameter takes. An integer serves as a number. */
enum prun_parameter_type {
  PRUN_ANY = 0,
  PRUN_BOOLEAN = 1,
  PRUN_INTEGER = 2,
  PRUN_NUMBER = 3,
  PRUN_STRING = 4,
  PRUN_ARRAY = 5,
  PRUN_OBJECT = 6
};

/* How a call ended. */
enum prun_status {
  PRUN_OK = 0,            /* one value has been written */
  PRUN_EXCEPTION = 1,     /* the function failed: `fail` has been called with the exception's type and message */
  PRUN_BAD_ARGUMENTS = 2, /* the arguments are not what it takes: `fail` has been called with a message */
  PRUN_BAD_RESULT = 3     /* the result cannot be written as a value: `fail` has been called with a message */
};

/* The task that a call is made for. */
struct prun_task {
  size_t size;       /* of this struct */
  uint64_t index;    /* the task's place in the input, from 0 */
  uint64_t seed;     /* depends on (run_seed, index) alone: what random numbers should begin with */
  uint64_t run_seed; /* of --seed */
  uint32_t attempt;  /* from 1 */
  uint32_t slot;     /* the worker's number, from 0; no two calls at a time have the same */
};

/* Where a call's result or failure goes. Valid during the call, for the calling thread. */
struct prun_output {
  size_t size;  /* of this struct */
  void* target; /* what the functions are to be given */
  /* Appends bytes of the result. Returns 0, or another number where there is no memory for them. */
  int (*write)(void* target, const void* bytes, size_t count);
  /* Type and message of a failure, in UTF-8; the bytes are copied. */
  void (*fail)(void* target, const char* type, size_t type_size, const char* message, size_t message_size);
};

struct prun_parameter {
  size_t size; /* of this struct */
  const char* name;
  uint32_t type;             /* prun_parameter_type */
  const void* default_value; /* a value; NULL: the argument must be given */
  size_t default_size;
};

struct prun_function {
  size_t size;        /* of this struct */
  const char* name;   /* unique in the plugin, a C identifier */
  const char* help;   /* one line */
  const char* result; /* the type of the result in words, such as "array of integer" */
  const struct prun_parameter* const* parameters;
  size_t parameter_count;
  const void* data; /* handed to `call` */
  /* Makes the call, of several threads at once where the pool is one of threads. `arguments` is an array with one value a
   * parameter, defaults filled in; their kinds fit the parameters' types. Returns a prun_status. */
  int (*call)(const void* data, const struct prun_task* task, const void* arguments, size_t arguments_size,
              const struct prun_output* output);
};

struct prun_plugin {
  uint32_t major; /* PRUN_PLUGIN_MAJOR, the first member in every version */
  uint32_t minor; /* PRUN_PLUGIN_MINOR */
  size_t size;    /* of this struct */
  const struct prun_function* const* functions;
  size_t function_count;
  /* Runs once in each worker process, before the plugin's first call there; NULL: nothing to do. Returns a prun_status;
   * where it fails, all calls in that worker fail with its message. */
  int (*initialize)(const struct prun_output* output);
};

#define PRUN_PLUGIN_SYMBOL "prun_get_plugin"
typedef const struct prun_plugin* (*prun_get_plugin_function)(void);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-deprecated-headers,readability-identifier-naming) */

#endif
