// What a line far longer than every buffer costs.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace prun::test;

namespace {

constexpr std::size_t long_line = 100'000'000;

/// The most memory that the process has had resident so far, shared memory among it.
std::size_t peak_of(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    std::istringstream words(line);
    std::string name;
    std::size_t kilobytes = 0;
    if (words >> name >> kilobytes && name == "VmHWM:") return kilobytes * 1024;
  }
  return 0;
}

/// Of the master, when it has printed so many bytes for that input.
std::size_t peak_for(std::vector<std::string> arguments, std::string input, std::size_t printed) {
  Command command = prun_command(std::move(arguments), std::move(input));
  command.keep_input_open = true;
  Process process(std::move(command));
  REQUIRE(process.wait_until([&] { return process.out().size() >= printed; }));
  const std::size_t peak = peak_of(process.pid());
  process.end_input();
  const Result run = process.wait();
  CHECK(run.status == 0);
  CHECK(run.out.size() == printed);
  return peak;
}

}  // namespace

TEST_CASE("a long line costs the master at most three times its size") {
  constexpr std::size_t prun_itself = 24'000'000;
  const std::string line = std::string(long_line, 'x') + '\n';
  for (const std::string mode : {"imap", "imap_unordered"}) {
    const std::size_t peak =
        peak_for({mode, "identity", "-", "-j1", "--buffer-bytes", "16M", "--output", "raw"}, line, line.size());
    CHECK(peak > long_line);
    CHECK(peak <= 3 * long_line + prun_itself);
  }
  const std::size_t peak = peak_for({"imap", "-j1", "--pipe", "--block", "1M", "--cmd", "wc -c"}, line + line, 20);
  CHECK(peak <= 3 * long_line + prun_itself);
}
