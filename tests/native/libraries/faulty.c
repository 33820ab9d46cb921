/* Compiled several times: plugins that break the interface, each in the one way that its macro says. */
#include <prun/plugin.h>

static int no_value(const void* data, const struct prun_task* task, const void* arguments, size_t arguments_size,
                    const struct prun_output* output) {
  (void)data, (void)task, (void)arguments, (void)arguments_size, (void)output;
  return PRUN_OK;
}

static int half_a_value(const void* data, const struct prun_task* task, const void* arguments, size_t arguments_size,
                        const struct prun_output* output) {
  (void)data, (void)task, (void)arguments, (void)arguments_size;
  return output->write(output->target, "\x92\x01", 2);
}

static int unknown_status(const void* data, const struct prun_task* task, const void* arguments, size_t arguments_size,
                          const struct prun_output* output) {
  (void)data, (void)task, (void)arguments, (void)arguments_size, (void)output;
  return 99;
}

#ifdef PART
#define FUNCTION_SIZE 8
#else
#define FUNCTION_SIZE sizeof(struct prun_function)
#endif
#ifdef TWICE
#define SECOND "no_value"
#else
#define SECOND "half_a_value"
#endif
#ifdef MAJOR
#define VERSION MAJOR
#else
#define VERSION PRUN_PLUGIN_MAJOR
#endif

static const struct prun_function first = {FUNCTION_SIZE, "no_value", "", "", NULL, 0, NULL, no_value};
static const struct prun_function second = {FUNCTION_SIZE, SECOND, "", "", NULL, 0, NULL, half_a_value};
static const struct prun_function third = {FUNCTION_SIZE, "unknown_status", "", "", NULL, 0, NULL, unknown_status};
static const struct prun_function* const functions[] = {&first, &second, &third};
static const struct prun_plugin plugin = {VERSION, 0, sizeof plugin, functions, 3, NULL};

const struct prun_plugin* prun_get_plugin(void);
const struct prun_plugin* prun_get_plugin(void) { return &plugin; }
