/* A plugin in C, without the C++ header: add(a, b = 1) of integers below 128. */
#include <prun/plugin.h>

static int add(const void* data, const struct prun_task* task, const void* arguments, size_t arguments_size,
               const struct prun_output* output) {
  const unsigned char* bytes = arguments;
  unsigned char sum;
  (void)data;
  (void)task;
  if (arguments_size != 3 || bytes[0] != 0x92 || bytes[1] > 127 || bytes[2] > 127 || bytes[1] + bytes[2] > 127) {
    output->fail(output->target, "", 0, "too large", 9);
    return PRUN_BAD_ARGUMENTS;
  }
  sum = (unsigned char)(bytes[1] + bytes[2]);
  return output->write(output->target, &sum, 1) == 0 ? PRUN_OK : PRUN_EXCEPTION;
}

static const struct prun_parameter a = {sizeof a, "a", PRUN_INTEGER, NULL, 0};
static const struct prun_parameter b = {sizeof b, "b", PRUN_INTEGER, "\x01", 1};
static const struct prun_parameter* const parameters[] = {&a, &b};
static const struct prun_function add_function = {sizeof add_function, "add", "a + b",  "integer",
                                                  parameters,          2,     (void*)0, add};
static const struct prun_function* const functions[] = {&add_function};
static const struct prun_plugin plugin = {PRUN_PLUGIN_MAJOR, PRUN_PLUGIN_MINOR, sizeof plugin, functions, 1, NULL};

const struct prun_plugin* prun_get_plugin(void);
const struct prun_plugin* prun_get_plugin(void) { return &plugin; }
