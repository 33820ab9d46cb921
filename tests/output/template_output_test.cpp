#include "printed.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::test;

namespace {

OutputOptions with_template(std::string text) {
  OutputOptions options;
  options.format_template = std::move(text);
  return options;
}

std::string printed(std::string text, const Call& call = {"fib", "[8]", "34"}) {
  return Printed(with_template(std::move(text))).print(call).out();
}

std::string complaint(std::string text) {
  try {
    Printed output(with_template(std::move(text)));
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("the fields of a template are replaced") {
  CHECK(printed("{time} {args} {result}") == "18:33:51.401014 8 34\n");
  CHECK(printed("{index}|{id}|{function}|{call}|{kwargs}|{kind}{error}|{started}{duration}{worker}|{attempt}",
                {"f", "[1,\"x\"]", "2", R"({"k":3})", R"("n")"}) == "0|n|f|f(1, \"x\", k=3)|{\"k\":3}|||1\n");
  Printed output(with_template("{started} {duration} {duration:.3} {duration:.0f} {worker}"));
  output.event.started = utc(1'769'880'831, 401'014);
  output.event.duration = std::chrono::microseconds(1'234'567);
  output.event.worker = 42;
  CHECK(output.print({"f", "[]", "1"}).out() == "2026-01-31T17:33:51.401014Z 1.234567 1.235 1 42\n");
}

TEST_CASE("a single argument prints bare, several print as a tuple") {
  CHECK(printed("{args}", {"f", R"(["a b"])", "1"}) == "a b\n");
  CHECK(printed("{args}", {"f", R"(["a b", 1])", "1"}) == "(\"a b\", 1)\n");
  CHECK(printed("{args}", {"f", "[]", "1"}) == "()\n");
}

TEST_CASE("a template prints values unchanged") {
  CHECK(printed("<{result}>", {"f", "[1]", R"("two\nlines")"}) == "<two\nlines>\n");
  CHECK(printed("{result}\\0", {"f", "[1]", R"("a")"}) == std::string("a\0", 2));
}

TEST_CASE("width, alignment, fill and precision are those of fmt") {
  CHECK(printed("{args:>3} {result:>10}") == "  8         34\n");
  CHECK(printed("{index:06}|{result:<5}|{result:^6}|{result:5}|{function:5}|") == "000000|34   |  34  |   34|fib  |\n");
  CHECK(printed("{result:*>6}|{result:é^6}|{function:.2}|{function:>>5.1}|") == "****34|éé34éé|fi|>>>>f|\n");
  CHECK(printed("{result:06}", {"f", "[1]", "-34"}) == "-00034\n");
  CHECK(printed("{result:06}|", {"f", "[1]", R"("ab")"}) == "ab    |\n");
  CHECK(printed("{result:1}", {"f", "[1]", "12345"}) == "12345\n");
  CHECK(printed("{result:>4}|{result:.2}", {"f", "[1]", R"("äöü")"}) == " äöü|äö\n");
}

TEST_CASE("doubled braces and escapes are literal") {
  CHECK(printed("{{{result}}}") == "{34}\n");
  CHECK(printed(R"({args}\t{result}\n)") == "8\t34\n");
  CHECK(printed(R"(\\n)") == "\\n\n");
  CHECK(printed("{result}\n") == "34\n");
  CHECK(printed("") == "\n");
}

TEST_CASE("an error about a template names the column and the right form") {
  CHECK(complaint("{args} {reslt}") ==
        "--format, column 9: unknown field 'reslt'; the fields are time, index, id, function, args, kwargs, call, "
        "result, "
        "error, kind, started, duration, worker, attempt, host (write {{ for a brace)");
  CHECK(complaint("äö {").starts_with("--format, column 4: '{' without '}'"));
  CHECK(complaint("{result {args}").starts_with("--format, column 1: '{' without '}'"));
  CHECK(complaint("a}").starts_with("--format, column 2: '}' without '{' before it"));
  CHECK(complaint("{args:x}").starts_with("--format, column 7: expected '}'; after ':' stand"));
  CHECK(complaint("{args:5").starts_with("--format, column 8: expected '}'"));
  CHECK(complaint("{args:.}") == "--format, column 8: expected a number after '.'");
  CHECK(complaint("{args:99999999999999999999}") ==
        "--format, column 7: the number is too large; the maximum is 10000");
  CHECK(complaint(R"(\q)").starts_with("--format, column 1: unknown escape"));
  CHECK(complaint(R"({args}\)").starts_with("--format, column 7: unknown escape"));
  CHECK(complaint("{}").starts_with("--format, column 2: unknown field ''"));
}

TEST_CASE("a template with a field for failures prints them, otherwise they go to standard error") {
  const Call failed{"f", "[1]", "", "", "", {FailureKind::exception, "E", "a\nb", "", 0, 0, 7}};
  Printed with_room(with_template("{call}: {result}{error} ({kind})"));
  with_room.print(failed).print({"f", "[2]", "3"});
  CHECK(with_room.out() == "f(1): E: a\\nb (exception)\nf(2): 3 ()\n");
  CHECK(with_room.err().empty());
  Printed without(with_template("{result}"));
  without.print(failed);
  CHECK(without.out().empty());
  CHECK(without.err() == "f(1): E: a\\nb\n");
}
