// Options: where functions come from.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

namespace prun::app {
namespace {

constexpr WordSet runs_and_functions = words::runs | words::functions;

constexpr Option options[] = {
    {.names = "--plugin",
     .value = "FILE",
     .repeatable = true,
     .words = runs_and_functions,
     .help = "make functions of a plugin callable by name",
     .details = R"(
Make all functions of a plugin callable by their bare names. The option may be given several times.

A FILE without a folder is searched for as described under `Functions` in prun(1): `mine` stands for `mine.so` in a folder of
PRUN_PLUGIN_PATH.
)",
     .completes = Completes::files,
     .file = FileUse::read,
     .take = [](OptionValues& to, const Given& given) { to.functions.plugins.push_back(given.text); }},
    {.names = "--serve",
     .value = "COMMAND",
     .repeatable = true,
     .words = runs_and_functions,
     .help = "make the functions of a serving program callable",
     .details = R"(
Make the functions that a program serves callable. Each worker starts one process of the program, at the first call that
needs it, and keeps it. prun splits COMMAND into words as a shell does. The option may be given several times.

`prun help worker-protocol` describes how a program serves functions.
)",
     .completes = Completes::commands,
     .take = [](OptionValues& to, const Given& given) { to.functions.serve.push_back(given.text); }},
    {.names = "--python",
     .value = "PATH",
     .words = runs_and_functions,
     .help = "Python for Python functions (default: python3)",
     .details = R"(
The Python that runs functions such as `article.py:fib`. It must be CPython 3.8 or later. The default is `python3` on
PATH, which is the Python of the active virtual environment if there is one.
)",
     .completes = Completes::commands,
     .take = [](OptionValues& to, const Given& given) { to.functions.python = given.text; }},
    {.names = "--python-code",
     .value = "CODE",
     .repeatable = true,
     .words = runs_and_functions,
     .help = "define Python functions: 'def f(x): return x'",
     .details = R"(
Run this Python code. The functions and classes that it defines or imports can be called by their names. The option may be given
several times; the parts run one after the other:

    prun map --python-code 'def f(x): return x * 2' f 1..3
    prun map --python-code 'from math import sqrt' sqrt 4 9
)",
     .take =
         [](OptionValues& to, const Given& given) {
           std::optional<std::string>& code = to.functions.python_code;
           code = code ? *code + '\n' + given.text : given.text;
         }},
    {.names = "--default",
     .value = "FUNCTION",
     .help = "Python function that converts results to JSON",
     .details = R"(
Convert a result that JSON cannot represent with this Python function, as the parameter `default` of Python's `json.dumps`
does. Examples are `encoders.py:encode`, `str` and `'lambda o: vars(o)'`.
)",
     .take = [](OptionValues& to, const Given& given) { to.functions.default_function = given.text; }},
};

}  // namespace

constinit const OptionGroup groups::functions{"Functions", options};

}  // namespace prun::app
