/* The interface between prun and a plugin, in C: the symbols and structs that a shared library exports so that prun can
 * call its functions. C++ sources include <prun/function.hpp>, which fills in the structs. Other languages fill them in.
 *
 * A plugin exports one function, `prun_get_plugin`. It takes no arguments and returns a `const struct prun_plugin*`. prun
 * loads the library in its own process, before or after it forks the workers, and calls the functions in workers. Only the
 * types below cross the interface: no C++ objects, no exceptions, no memory that the other side would have to free.
 *
 * Versions: a different major version is an incompatible interface, and prun refuses it with an error. A later minor
 * version only appends members. Each struct has its size, so that each side reads only the members that the other side
 * has. Everything that a plugin points to must stay in place until the process ends.
 *
 * Values are MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md), limited to the types of JSON: nil,
 * booleans, integers of 64 bits, float64, str, array, and map with str keys. */
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

/* The type of a parameter. A parameter of type number also accepts an integer. */
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
  PRUN_BAD_ARGUMENTS = 2, /* the arguments do not fit the parameters: `fail` has been called with a message */
  PRUN_BAD_RESULT = 3     /* the result cannot be written as a value: `fail` has been called with a message */
};

/* The task of a call. */
struct prun_task {
  size_t size;       /* of this struct */
  uint64_t index;    /* position of the task in the input, from 0 */
  uint64_t seed;     /* seed for random numbers, which depends only on run_seed and index */
  uint64_t run_seed; /* the value of --seed */
  uint32_t attempt;  /* from 1 */
  uint32_t slot;     /* number of the worker, from 0; different for calls that run at the same time */
};

/* Receives the result or the failure of a call. Valid during the call, for the calling thread. */
struct prun_output {
  size_t size;  /* of this struct */
  void* target; /* the first argument for the functions */
  /* Appends bytes of the result. Returns 0, or another number if memory is exhausted. */
  int (*write)(void* target, const void* bytes, size_t count);
  /* Reports type and message of a failure, in UTF-8. It copies the bytes. */
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
  const char* result; /* type of the result, for documentation, such as "array of integer" */
  const struct prun_parameter* const* parameters;
  size_t parameter_count;
  const void* data; /* passed to `call` */
  /* Makes the call. In a pool of threads, several threads call it at the same time. `arguments` is an array with one value
   * for each parameter, defaults included. The values fit the types of the parameters. Returns a prun_status. */
  int (*call)(const void* data, const struct prun_task* task, const void* arguments, size_t arguments_size,
              const struct prun_output* output);
};

struct prun_plugin {
  uint32_t major; /* PRUN_PLUGIN_MAJOR, the first member in every version */
  uint32_t minor; /* PRUN_PLUGIN_MINOR */
  size_t size;    /* of this struct */
  const struct prun_function* const* functions;
  size_t function_count;
  /* Called once in each worker process, before the first call of the plugin there. May be NULL. Returns a prun_status. If
   * it fails, all calls in that worker fail with its message. */
  int (*initialize)(const struct prun_output* output);
};

#define PRUN_PLUGIN_SYMBOL "prun_get_plugin"
typedef const struct prun_plugin* (*prun_get_plugin_function)(void);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-deprecated-headers,readability-identifier-naming) */

#endif
