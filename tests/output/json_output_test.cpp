#include "printed.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::test;

namespace {

OutputOptions formatted(Format format) {
  OutputOptions options;
  options.format = format;
  return options;
}

std::string json_line(const Call& call) { return Printed(formatted(Format::jsonl)).print(call).out(); }

constexpr const char* never_ran = R"("started":null,"duration":null,"worker":null,"attempt":1})"
                                  "\n";

}  // namespace

TEST_CASE("a JSON line tells all that is known of a task") {
  Printed printed(formatted(Format::jsonl));
  printed.event.index = 3;
  printed.event.started = utc(1'769'880'831, 401'014);
  printed.event.duration = std::chrono::nanoseconds(1'250);
  printed.event.worker = 123;
  printed.event.attempt = 2;
  printed.print({"fib", "[8]", "34", R"({"base":2})", R"("a")"});
  CHECK(printed.out() == R"({"v":1,"index":3,"id":"a","function":"fib","args":[8],"kwargs":{"base":2},"result":34,)"
                         R"("started":"2026-01-31T17:33:51.401014Z","duration":0.00000125,"worker":123,"attempt":2})"
                         "\n");
  CHECK(printed.err().empty());
}

TEST_CASE("absent facts of a task are omitted or null") {
  CHECK(json_line({"f", "[]", "null"}) ==
        std::string(R"({"v":1,"index":0,"function":"f","args":[],"result":null,)") + never_ran);
  CHECK(json_line({"f", "[]", "1", "{}"}) ==
        std::string(R"({"v":1,"index":0,"function":"f","args":[],"result":1,)") + never_ran);
}

TEST_CASE("values keep their kind and their digits") {
  CHECK(json_line({"f", R"([18446744073709551615,-9223372036854775808,1.0,0.1])", R"({"b":[],"a":"\u0000\"é\n"})"}) ==
        std::string(R"({"v":1,"index":0,"function":"f","args":[18446744073709551615,-9223372036854775808,1.0,0.1],)")
            .append(R"("result":{"b":[],"a":"\u0000\"é\n"},)")
            .append(never_ran));
}

TEST_CASE("a failure is printed in place of the result, on standard output") {
  const Failure threw{FailureKind::exception, "std::range_error", "a \"b\"\n\xff", "f+0x3c (prun)", 0, 0, 7};
  CHECK(json_line({"f", "[1]", "", "", "", threw}) ==
        std::string(
            R"({"v":1,"index":0,"function":"f","args":[1],"error":{"kind":"exception","type":"std::range_error",)")
            .append("\"message\":\"a \\\"b\\\"\\n\xef\xbf\xbd\",")
            .append(R"~("where":"f+0x3c (prun)","pid":7},)~")
            .append(never_ran));
  const Failure killed{FailureKind::lost_signal, "WorkerLostError", "", "", 9, 0, 7};
  CHECK(
      json_line({"f", "[1]", "", "", "", killed})
          .find(
              R"("error":{"kind":"lost_signal","type":"WorkerLostError",)"
              R"~("message":"worker 7 was killed by signal 9 (SIGKILL)","signal":9,"signal_name":"SIGKILL","pid":7})~") !=
      std::string::npos);
  const Failure left{FailureKind::lost_exit, "WorkerLostError", "gone", "", 0, 3, 7};
  CHECK(json_line({"f", "[1]", "", "", "", left}).find(R"("message":"gone","exit_status":3,"pid":7})") !=
        std::string::npos);
}

TEST_CASE("a message of a megabyte is whole in JSON") {
  const std::string message(1'000'000, 'y');
  CHECK(json_line({"f", "[1]", "", "", "", {FailureKind::exception, "E", message, "", 0, 0, 0}}).find(message) !=
        std::string::npos);
}

TEST_CASE("a JSON array is valid with many tasks, with one, and with none") {
  CHECK(Printed(formatted(Format::json)).end().out() == "[]\n");
  const std::string first = std::string(R"({"v":1,"index":0,"function":"f","args":[1],"result":2,)") + never_ran;
  const std::string second = std::string(R"({"v":1,"index":1,"function":"f","args":[2],"result":3,)") + never_ran;
  CHECK(Printed(formatted(Format::json)).print({"f", "[1]", "2"}).end().out() == "[\n" + first + "]\n");
  CHECK(Printed(formatted(Format::json)).print({"f", "[1]", "2"}).print({"f", "[2]", "3"}).end().out() ==
        "[\n" + first.substr(0, first.size() - 1) + ",\n" + second + "]\n");
}

TEST_CASE("durations are exact and never in exponents") {
  const auto seconds = [](std::int64_t nanoseconds) {
    Printed printed(formatted(Format::jsonl));
    printed.event.started = utc(0, 1);
    printed.event.duration = std::chrono::nanoseconds(nanoseconds);
    const std::string line = printed.print({"f", "[]", "1"}).out();
    const std::size_t from = line.find("\"duration\":") + 11;
    return line.substr(from, line.find(',', from) - from);
  };
  CHECK(seconds(0) == "0.0");
  CHECK(seconds(1) == "0.000000001");
  CHECK(seconds(250'000'000) == "0.25");
  CHECK(seconds(3'000'000'000) == "3.0");
  CHECK(seconds(100'000'000'001) == "100.000000001");
  CHECK(seconds(-1'500'000'000) == "-1.5");
}
