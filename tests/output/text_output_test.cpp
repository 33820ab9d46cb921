#include "output/line_time.hpp"
#include "output/time_text.hpp"
#include "printed.hpp"

#include <doctest/doctest.h>

#include <fmt/format.h>

using namespace prun;
using namespace prun::test;

namespace {

OutputOptions styled(TextStyle style) {
  OutputOptions options;
  options.style = style;
  return options;
}

OutputOptions quiet() {
  OutputOptions options;
  options.quiet = true;
  return options;
}

std::string table_line(const Call& call, TextStyle style = TextStyle::table) {
  const std::string line = Printed(styled(style)).print(call).out();
  REQUIRE(line.starts_with("18:33:51.401014 "));
  return line.substr(std::string_view("18:33:51.401014").size());
}

std::string call_line(const Call& call) { return Printed(styled(TextStyle::calls)).print(call).out(); }

}  // namespace

TEST_CASE("a table line is the time of day, the input to width 3 and the result to width 10") {
  Printed printed;
  printed.print({"fib", "[1]", "1"}).print({"fib", "[39]", "102334155"});
  CHECK(printed.out() == "18:33:51.401014   1          1\n18:33:51.401014  39  102334155\n");
  CHECK(printed.err().empty());
}

TEST_CASE("a time keeps the leading zeros of its parts") {
  TimeOfDay time;
  CHECK(time.text(half_past_six() - std::chrono::microseconds(401014) + std::chrono::microseconds(9)) ==
        "18:33:51.000009");
  CHECK(time.text(half_past_six() + std::chrono::hours(6)) == "00:33:51.401014");
}

TEST_CASE("lines that are written together have the time of the first of them") {
  const TemporaryFile file;
  OutputBuffer out(file.fd(), "output");
  int looks = 0;
  LineTime time([&looks] { return half_past_six() + std::chrono::microseconds(looks++); }, out);
  CHECK(time.text() == "18:33:51.401014");
  out.write("a line\n");
  CHECK(time.text() == "18:33:51.401014");
  out.push();
  CHECK(time.text() == "18:33:51.401015");
  out.write(std::string(OutputBuffer::block_size, 'x') + "\n");
  CHECK(time.text() == "18:33:51.401016");
}

TEST_CASE("numbers that are wider than their column are printed completely") {
  Printed printed;
  printed.print({"f", "[-9223372036854775808]", "-9223372036854775808"}).print({"f", "[1234]", "12345678901"});
  CHECK(printed.out() ==
        "18:33:51.401014 -9223372036854775808 -9223372036854775808\n18:33:51.401014 1234 12345678901\n");
}

TEST_CASE("several arguments print as a tuple, without widths: the article's twenty lines") {
  static constexpr int ackermann[4][5] = {{1, 2, 3, 4, 5}, {2, 3, 4, 5, 6}, {3, 5, 7, 9, 11}, {5, 13, 29, 61, 125}};
  Printed printed;
  std::string expected;
  for (int m = 0; m < 4; ++m) {
    for (int n = 0; n < 5; ++n) {
      printed.print({"ackermann", fmt::format("[{},{}]", m, n), fmt::format("{}", ackermann[m][n])});
      expected += fmt::format("18:33:51.401014 ({}, {}) {}\n", m, n, ackermann[m][n]);
    }
  }
  CHECK(printed.out() == expected);
}

TEST_CASE("a column grows if a value does not fit") {
  CHECK(table_line({"f", "[-12]", "-34"}) == " -12        -34\n");
  CHECK(table_line({"f", "[123456]", "12345678901234"}) == " 123456 12345678901234\n");
  CHECK(table_line({"f", "[-9223372036854775808]", "18446744073709551615"}) ==
        " -9223372036854775808 18446744073709551615\n");
}

TEST_CASE("in a table strings are bare, floats shortest, the rest compact JSON") {
  CHECK(table_line({"f", R"(["ab"])", R"("hello")"}) == "  ab      hello\n");
  CHECK(table_line({"f", "[0.5]", "0.1"}) == " 0.5        0.1\n");
  CHECK(table_line({"f", "[true]", "null"}) == " true       null\n");
  CHECK(table_line({"factorize", "[12]", "[2, 2, 3]"}) == "  12    [2,2,3]\n");
  CHECK(table_line({"f", R"(["Zoë"])", R"("Ä")"}) == " Zoë          Ä\n");
}

TEST_CASE("an argument that is an array or an object takes the room it needs") {
  CHECK(table_line({"f", "[[0,0]]", "1"}) == " [0,0] 1\n");
  CHECK(table_line({"f", R"([{"a":1}])", "1"}) == R"( {"a":1} 1)"
                                                  "\n");
  CHECK(table_line({"f", "[]", "1"}) == " () 1\n");
  CHECK(table_line({"f", R"([1, "a", [2]])", "1"}) == R"( (1, "a", [2]) 1)"
                                                      "\n");
  CHECK(table_line({"f", "[8]", "1", R"({"base": 2})"}) == " (8, base=2) 1\n");
}

TEST_CASE("in pairs a result that carries its input shows its output alone") {
  CHECK(table_line({"n_fib", "[5]", "[5, 8]"}, TextStyle::pairs) == "   5          8\n");
  CHECK(table_line({"a", "[2, 4]", "[[2, 4], 11]"}, TextStyle::pairs) == " (2, 4) 11\n");
  CHECK(table_line({"fib", "[5]", "8"}, TextStyle::pairs) == "   5          8\n");
  CHECK(table_line({"f", "[5]", "[6, 8]"}, TextStyle::pairs) == "   5      [6,8]\n");
  CHECK(table_line({"f", "[5]", "[5, 8, 9]"}, TextStyle::pairs) == "   5    [5,8,9]\n");
  CHECK(table_line({"n_fib", "[5]", "[5, 8]"}) == "   5      [5,8]\n");
}

TEST_CASE("a call line is the call and its result, without a time") {
  CHECK(call_line({"fib", "[8]", "34"}) == "fib(8) = 34\n");
  CHECK(call_line({"ackermann", "[2, 4]", "11"}) == "ackermann(2, 4) = 11\n");
  CHECK(call_line({"sha256", R"(["a\"b"])", R"("8b1a")"}) == R"(sha256("a\"b") = 8b1a)"
                                                             "\n");
  CHECK(call_line({"f", "[1]", "0.5", R"({"base": 2, "name": "x"})"}) == R"(f(1, base=2, name="x") = 0.5)"
                                                                         "\n");
  CHECK(call_line({"f", "[]", "[1, null]"}) == "f() = [1,null]\n");
}

TEST_CASE("a result stays on its line and commands no terminal") {
  CHECK(table_line({"f", "[1]", R"("two\nlines\tand \u001b[2J")"}) == R"(   1 two\nlines\tand \x1b[2J)"
                                                                      "\n");
  CHECK(call_line({"f", R"(["\u009b\u007f"])", R"("\u202e")"}) == R"(f("\u009b\x7f") = \u202e)"
                                                                  "\n");
  CHECK(call_line({"f", "[1]", R"([["\u0085"]])"}) == R"(f(1) = [["\u0085"]])"
                                                      "\n");
}

TEST_CASE("a failure is a line on standard error, the others are not harmed") {
  Printed printed;
  printed.print({"fib", "[1]", "1"})
      .print(
          {"fib", "[-1]", "", "", "", {FailureKind::exception, "std::invalid_argument", "n is\nnegative", "", 0, 0, 7}})
      .print({"fib", "[2]", "2"});
  CHECK(printed.out() == "18:33:51.401014   1          1\n18:33:51.401014   2          2\n");
  CHECK(printed.err() == "fib(-1): std::invalid_argument: n is\\nnegative\n");
}

TEST_CASE("a lost worker's failure names process, signal and attempt") {
  Printed printed;
  printed.event.attempt = 2;
  printed.print({"fib", "[35]", "", "", "", {FailureKind::lost_signal, "WorkerLostError", "", "", 9, 0, 12345}});
  CHECK(printed.err() == "fib(35): worker 12345 was killed by signal 9 (SIGKILL) [attempt 2]\n");
}

TEST_CASE("a failure with huge arguments and a huge message is a line of ordinary length") {
  const std::string text = '"' + std::string(1'000'000, 'x') + '"';
  const Failure failure{FailureKind::exception, "E", std::string(1'000'000, 'y'), "", 0, 0, 1};
  Printed printed;
  printed.print({"f", "[" + text + ",[" + text + "],{\"k\":" + text + "},1.5]", "", "", "", failure});
  CHECK(printed.err().size() < 3000);
  CHECK(printed.err().starts_with("f(\"xxxx"));
  CHECK(printed.err().find("xxx\"..., [...], {...}, 1.5): E: yyy") != std::string::npos);
  CHECK(printed.err().ends_with("yyy... (1000003 bytes in all)\n"));
}

TEST_CASE("with --quiet failures are not reported, and results are printed as usual") {
  Printed printed(quiet());
  printed.print({"fib", "[1]", "1"}).print({"fib", "[-1]"});
  CHECK(printed.out() == "18:33:51.401014   1          1\n");
  CHECK(printed.err().empty());
}
