// Commands as rows of a table.
#include "output/command_table.hpp"

#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

using namespace prun;

namespace {

std::string inputs(const std::vector<std::string>& texts) {
  std::string args;
  wire::ValueWriter writer(args);
  writer.array(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) writer.string(text);
  return args;
}

std::string result(std::string_view out, std::string_view err) {
  command::CommandResult made;
  made.out.bytes = out;
  made.err.bytes = err;
  std::string value;
  command::encode_result(made, value);
  return value;
}

/// What the table prints for a command with these inputs.
std::string table(const std::vector<std::string>& texts, const Failure* failure, std::vector<std::string> names = {},
                  Dialect dialect = Dialect::csv) {
  const sys::Fd file(::memfd_create("table", 0));
  {
    OutputBuffer out(file.get(), "table");
    CommandTable made(dialect, std::move(names), out, nullptr, CommandTable::Files::used_up);
    const std::string args = inputs(texts);
    const std::string value = failure == nullptr ? result("a,b\n", "") : std::string();
    TaskEvent event;
    event.args = args;
    event.command = true;
    event.value = value;
    event.failure = failure;
    made.on_task(event);
    made.on_end();
    out.flush();
  }
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(::pread(file.get(), text.data(), text.size(), 0)));
  return text;
}

constexpr const char* rest = "exit,signal,stdout,stderr,error,started,duration,worker,attempt\r\n";

}  // namespace

TEST_CASE("each input has a column, and outputs are complete") {
  CHECK(table({"x", "y z"}, nullptr) == "index,arg1,arg2," + std::string(rest) + "0,x,y z,0,,\"a,b\n\",,,,,,1\r\n");
}

TEST_CASE("columns have the names of a header, and more inputs go into the last") {
  CHECK(table({"x", "y", "z"}, nullptr, {"n", "m"}).starts_with("index,n,m," + std::string(rest) + "0,x,y z,0,"));
  CHECK(table({"x"}, nullptr, {"n", "m"}).find("\r\n0,x,,0,") != std::string::npos);
}

TEST_CASE("a failure has its exit status or its signal, and the output of the command") {
  Failure failure;
  failure.kind = FailureKind::exit;
  failure.exit_status = 7;
  failure.message = "exit status 7";
  failure.detail = result("", "no\n");
  CHECK(table({"x"}, &failure).ends_with("\r\n0,x,7,,,\"no\n\",exit status 7,,,,1\r\n"));
  failure.kind = FailureKind::signal;
  failure.signal = 9;
  CHECK(table({"x"}, &failure, {}, Dialect::tsv).find("\n0\tx\t\t9\t\tno\\n\t") != std::string::npos);
}
