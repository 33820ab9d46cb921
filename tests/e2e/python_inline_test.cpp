// Python functions on the command line, and inputs that are strings.
#include "prun_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

using namespace prun::test;

namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string::npos; }

Result run_prun_checked(std::vector<std::string> arguments, std::string input = {}) {
  Result run = run_prun(std::move(arguments), std::move(input));
  CHECK_FALSE(run.timed_out);
  return run;
}

std::string results_of(std::vector<std::string> arguments, std::string input = {}) {
  arguments.insert(arguments.end(), {"--format", "{result}"});
  const Result run = run_prun_checked(std::move(arguments), std::move(input));
  INFO(run);
  CHECK(run.status == 0);
  return run.out;
}

}  // namespace

TEST_CASE("python inline: a lambda is a function in every mode") {
  for (const std::string mode : {"map", "imap", "submit"}) {
    CHECK(results_of({mode, "lambda x: x**2", "1..3"}) == "1\n4\n9\n");
  }
  CHECK(results_of({"starmap", "lambda x, y: x * y", "1..2,3..4"}) == "3\n4\n6\n8\n");
  CHECK(results_of({"map", "lambda x: math.factorial(x)", "21"}) == "51090942171709440000\n");
  CHECK(results_of({"submit"}, "[\"lambda x: x + 1\", 1]\n[\"lambda x: x + 1\", 2]\n") == "2\n3\n");
  CHECK(results_of({"submit"}, "[\"lambda: 5\"]\n[\"lambda *a: len(a)\", 1, 2]\n") == "5\n2\n");
  const Result wrong = run_prun_checked({"map", "lambda x: x +", "1"});
  INFO(wrong);
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.err, "SyntaxError"));
  const Result unknown = run_prun_checked({"map", "lambda x: nothing_such", "1"});
  INFO(unknown);
  CHECK(unknown.status == 1);
  CHECK(contains(unknown.err, "NameError"));
}

TEST_CASE("python inline: functions of --python-code are called by their names") {
  const std::string code =
      "import math\nfactor = 2\ndef f(x):\n    return x * factor\ndef root(x): return math.sqrt(x)\n";
  CHECK(results_of({"map", "--python-code", code, "f", "1..3"}) == "2\n4\n6\n");
  CHECK(results_of({"map", "--python-code", code, "root", "16"}) == "4.0\n");
  CHECK(results_of({"map", "--python-code", code, "lambda x: f(x) + 1", "1"}) == "3\n");
  CHECK(results_of({"submit", "--python-code", code, "f(4)"}) == "8\n");
  const Result listed = run_prun_checked({"functions", "--python-code", code});
  INFO(listed);
  CHECK(contains(listed.out, "f(x: any)"));
  Result run = run_prun_checked({"map", "--python-code", "def sleep(x): return x", "sleep", "1"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(contains(run.err, "prun has a function sleep already"));
  run = run_prun_checked({"map", "--python-code", "def f(x) return x", "f", "1"});
  INFO(run);
  CHECK(run.status == 2);
  CHECK(contains(run.err, "--python-code: SyntaxError"));
  run =
      run_prun_checked({"map", "--python-code", "def f(x):\n    raise ValueError(x)\n", "f", "1", "--output", "jsonl"});
  INFO(run);
  const auto error = json_lines(run.out).at(0).at("error");
  CHECK(error.at("where") == "f (<python-code>:2)");
  CHECK(contains(error.at("traceback").get<std::string>(), "raise ValueError(x)"));
}

TEST_CASE("python inline: a parameter of type str gets the input unchanged") {
  const std::string code = "def f(s: str, n: int = 1): return repr(s)\ndef g(a: str, b: int): return repr([a, b])\n";
  const std::vector<std::string> words{"0012", "1e5", "null", "true", "[a].txt", "{x", "2,4", "-5", " a "};
  std::vector<std::string> arguments{"map", "--python-code", code, "f"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::string expected;
  std::string lines;
  for (const std::string& word : words) {
    expected += "'" + word + "'\n";
    lines += word + "\n";
  }
  CHECK(results_of(arguments) == expected);
  CHECK(results_of({"map", "--python-code", code, "f", "-"}, lines) == expected);
  CHECK(results_of({"map", "--python-code", code, "f", "8..10", "\"x\""}) == "'8'\n'9'\n'10'\n'x'\n");
  CHECK(results_of({"apply", "--python-code", code, "g", "0012", "5"}) == "['0012', 5]\n");
}

TEST_CASE("python inline: a parameter that can only be text gets the input unchanged, however that is written") {
  const std::string code =
      "from typing import *\nName = NewType('Name', str)\nT = TypeVar('T', bound=str)\n"
      "def optional(x: Optional[str]): return repr(x)\ndef alternative(x: 'str | None'): return repr(x)\n"
      "def union(x: Union[str, None] = None): return repr(x)\ndef of_type(x: T): return repr(x)\n"
      "def any_text(x: AnyStr): return repr(x)\ndef quoted(x: 'Optional[str]'): return repr(x)\n"
      "def name(x: Name): return repr(x)\ndef literal(x: Literal['null', '1e5']): return repr(x)\n"
      "def several(*x: str): return repr(*x)\ndef number_or_text(x: Union[str, int]): return repr(x)\n";
  for (const std::string function :
       {"optional", "alternative", "union", "of_type", "any_text", "quoted", "name", "literal", "several"}) {
    CAPTURE(function);
    CHECK(results_of({"map", "--python-code", code, function, "0012", "1e5", "null", "[a].txt"}) ==
          "'0012'\n'1e5'\n'null'\n'[a].txt'\n");
  }
  CHECK(results_of({"map", "--python-code", code, "number_or_text", "5", "a"}) == "5\n'a'\n");
  CHECK(results_of({"apply", "--python-code", "def f(*x: str): return repr(x)", "f", "0012", "1"}) ==
        "('0012', '1')\n");
}

TEST_CASE("python inline: any name of --python-code is a function") {
  const std::string code =
      "from math import sqrt\nimport functools, operator\nsquare = functools.partial(pow, exp=2)\nminus = "
      "operator.neg\n"
      "class C:\n    @staticmethod\n    def m(x): return x + 1\ndef _f(x): return x\nfive = 5\n";
  CHECK(results_of({"map", "--python-code", code, "sqrt", "4"}) == "2.0\n");
  CHECK(results_of({"map", "--python-code", code, "square", "3"}) == "9\n");
  CHECK(results_of({"map", "--python-code", code, "minus", "3"}) == "-3\n");
  CHECK(results_of({"map", "--python-code", code, "C.m", "3"}) == "4\n");
  CHECK(results_of({"map", "--python-code", code, "_f", "3"}) == "3\n");
  Result run = run_prun_checked({"map", "--python-code", code, "five", "3"});
  CHECK(run.status == 2);
  CHECK(contains(run.err, "five is no function"));
  run = run_prun_checked({"map", "--python-code", code, "sqr", "3"});
  CHECK(run.status == 2);
  CHECK(contains(run.err, "unknown function 'sqr'"));
  run = run_prun_checked({"map", "--python-code", code, "C.n", "3"});
  CHECK(run.status == 2);
  CHECK(contains(run.err, "AttributeError"));
}

TEST_CASE("python inline: an exception of an imported module is not taken for a missing name") {
  const Folder folder;
  folder.write("lookup.py", "table = {}\nvalue = table['absent']\n");
  folder.write("noname.py", "raise NameError('there is no function absent')\n");
  for (const auto& [name, exception] :
       {std::pair("lookup.f", "KeyError: 'absent'"), std::pair("noname.f", "NameError: there is no function absent")}) {
    Command command = prun_command({"map", "--python-code", "x = 1", name, "3"});
    command.environment = {{"PYTHONPATH", folder.path()}};
    const Result run = run_command(command);
    INFO(run);
    CHECK(run.status == 2);
    CHECK(contains(run.err, exception));
  }
}

TEST_CASE("python inline: a lambda may be in brackets or after a space") {
  CHECK(results_of({"map", " lambda x: x + 1", "1"}) == "2\n");
  CHECK(results_of({"map", "(lambda x: x + 1)", "1"}) == "2\n");
}

TEST_CASE("inputs: --text takes words and lines as strings") {
  const std::vector<std::string> words{"0012", "1e5", "null", "[a].txt", "1..3", "2,4", "\"x\""};
  std::vector<std::string> arguments{"map", "--text", "lambda s: [s]"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::string expected;
  std::string lines;
  for (const std::string& word : words) {
    expected += nlohmann::json::array({word}).dump() + "\n";
    lines += word + "\n";
  }
  CHECK(results_of(arguments) == expected);
  CHECK(results_of({"map", "--text", "lambda s: [s]", "-"}, lines) == expected);
  CHECK(results_of({"map", "--text", "identity", "null", "1"}) == "null\n1\n");
  CHECK(results_of({"apply", "--text", "lambda a, b: [a, b]", "1", "null"}) == "[\"1\",\"null\"]\n");
  CHECK(results_of({"starmap", "--text", "lambda a, b: [a, b]", "0012,1e5"}) == "[\"0012\",\"1e5\"]\n");
  CHECK(results_of({"starmap", "--text", "lambda a, b: [a, b]", "-"}, "0012,1e5\n") == "[\"0012\",\"1e5\"]\n");
  CHECK(results_of({"starmap", "--text", "lambda a: [a]", "0012,1e5"}) == "[\"0012,1e5\"]\n");
}

TEST_CASE("python inline: several --python-code run one after the other") {
  const Result result = run_prun({"map", "--python-code", "n = 2", "--python-code", "def f(x): return n * x",
                                  "--python-code", "from math import sqrt", "f", "1", "2", "--output", "raw"});
  INFO(result);
  CHECK(result.out == "2\n4\n");
}
