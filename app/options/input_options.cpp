// Options: where tasks come from, and how inputs are read.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--tasks",
     .value = "FILE|-",
     .help = "read tasks from FILE: JSON array or JSON Lines",
     .details = R"(
Read tasks from FILE, or from standard input if FILE is `-`: a JSON array, or one task per line. See `Tasks` in prun(1).
)",
     .completes = Completes::files,
     .file = FileUse::read,
     .take = [](OptionValues& to, const Given& given) { to.input.tasks_file = given.text; }},
    {.names = "-0,--null",
     .help = "input lines end with NUL instead of newline",
     .details = R"(
Inputs that are read from standard input or from a file end with a NUL byte instead of a newline. With --pipe, blocks end
at NUL bytes.
)",
     .take = [](OptionValues& to, const Given&) { to.input.null_separated = to.command.inputs.null_separated = true; }},
    {.names = "--text",
     .help = "take every input as a string: 0012, null, 1..3",
     .details = R"(
Take every input as a string, exactly as it is written. `0012` is not a number then, and `1..3` is not a range.
)",
     .take = [](OptionValues& to, const Given&) { to.input.text = true; }},
    {.names = "--skip-bad",
     .help = "report bad input and continue after it",
     .details = R"(
Report bad input and continue after it, instead of stopping there. The exit status is 2 in both cases.
)",
     .take = [](OptionValues& to, const Given&) { to.run.skip_bad = true; }},
};

}  // namespace

constinit const OptionGroup groups::input{"Input", options};

}  // namespace prun::app
