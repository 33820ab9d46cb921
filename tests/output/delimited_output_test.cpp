#include "printed.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::test;

namespace {

constexpr std::string_view csv_names = "index,id,function,args,result,error,started,duration,worker,attempt\r\n";

OutputOptions formatted(Format format) {
  OutputOptions options;
  options.format = format;
  return options;
}

std::string csv_row(const Call& call) {
  const std::string table = Printed(formatted(Format::csv)).print(call).end().out();
  REQUIRE(table.starts_with(csv_names));
  return table.substr(csv_names.size());
}

std::string tsv_row(const Call& call) {
  const std::string table = Printed(formatted(Format::tsv)).print(call).end().out();
  return table.substr(table.find('\n') + 1);
}

}  // namespace

TEST_CASE("a table without tasks has its row of names") {
  CHECK(Printed(formatted(Format::csv)).end().out() == csv_names);
  CHECK(Printed(formatted(Format::tsv)).end().out() ==
        "index\tid\tfunction\targs\tresult\terror\tstarted\tduration\tworker\tattempt\n");
}

TEST_CASE("a CSV row has the known facts, and the other fields are empty") {
  CHECK(csv_row({"fib", "[8]", "34"}) == "0,,fib,[8],34,,,,,1\r\n");
  Printed printed(formatted(Format::csv));
  printed.event.started = utc(1'769'880'831, 5);
  printed.event.duration = std::chrono::milliseconds(1'500);
  printed.event.worker = 9;
  printed.print({"fib", "[8]", "34", "", "77"}).print({"fib", "[9]", "55", "", R"("x")"});
  CHECK(printed.out() == std::string(csv_names) +
                             "0,77,fib,[8],34,,2026-01-31T17:33:51.000005Z,1.5,9,1\r\n"
                             "1,x,fib,[9],55,,2026-01-31T17:33:51.000005Z,1.5,9,1\r\n");
}

TEST_CASE("CSV quotes fields with commas, quotes and line breaks, and no others") {
  CHECK(csv_row({"f", "[0,1]", R"("plain text")"}) == "0,,f,\"[0,1]\",plain text,,,,,1\r\n");
  CHECK(csv_row({"f", R"(["a"])", R"("say \"hi\"")"}) == "0,,f,\"[\"\"a\"\"]\",\"say \"\"hi\"\"\",,,,,1\r\n");
  CHECK(csv_row({"f", "[]", R"("two\nlines\r")"}) == "0,,f,[],\"two\nlines\r\",,,,,1\r\n");
  CHECK(csv_row({"f", "[]", R"("tab\t\\")"}) == "0,,f,[],tab\t\\,,,,,1\r\n");
}

TEST_CASE("TSV escapes tabs, line breaks and backslashes, and quotes nothing") {
  CHECK(tsv_row({"f", "[0,1]", R"("a\tb\nc\rd\\e\"f\"")"}) == "0\t\tf\t[0,1]\ta\\tb\\nc\\rd\\\\e\"f\"\t\t\t\t\t1\n");
  CHECK(tsv_row({"f", R"(["a\nb"])", "1"}) == "0\t\tf\t[\"a\\\\nb\"]\t1\t\t\t\t\t1\n");
}

TEST_CASE("keyword arguments are printed with the others") {
  CHECK(tsv_row({"f", "[8]", "1", R"({"base":2})"}) ==
        "0\t\tf\t{\"args\":[8],\"kwargs\":{\"base\":2}}\t1\t\t\t\t\t1\n");
}

TEST_CASE("a failure is a row with an error and no result") {
  const Failure failure{FailureKind::exception, "std::range_error", "a, b", "", 0, 0, 7};
  CHECK(csv_row({"f", "[1]", "", "", "", failure}) == "0,,f,[1],,\"std::range_error: a, b\",,,,1\r\n");
  CHECK(tsv_row({"f", "[1]", "", "", "", {FailureKind::timeout, "TimeoutError", "ran\tlong", "", 0, 0, 7}}) ==
        "0\t\tf\t[1]\t\tran\\tlong\t\t\t\t1\n");
}
