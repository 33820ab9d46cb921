// The manual page, as the build makes it.
#include "app/man/man_page.hpp"

#include "support/process.hpp"
#include "support/program.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

using namespace prun::app;
using namespace prun::test;

namespace {

std::string source_of(const std::string& name) {
  std::ifstream in(PRUN_SOURCE_DIR "/app/man/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string page() { return man_page(source_of("prun.1.in")); }

/// What `mandoc` with these arguments prints of a page.
Result mandoc(std::vector<std::string> arguments, std::string page) {
  Command command;
  command.arguments = {"mandoc"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.input = std::move(page);
  return run_command(std::move(command));
}

}  // namespace

TEST_CASE("no manual page has a line that mandoc complains about") {
  if (!has_program("mandoc")) return;
  for (const std::string& text :
       {page(), source_of("prun-tasks.5"), source_of("prun-journal.5"), source_of("prun-cluster.7")}) {
    REQUIRE_FALSE(text.empty());
    const Result run = mandoc({"-T", "lint", "-W", "style"}, text);
    INFO(run);
    for (const std::string& line : lines_of(run.out)) {
      if (line.find("referenced manual not found") == std::string::npos) FAIL_CHECK(line);  // not installed here
    }
  }
}

TEST_CASE("the manual page shows an option with its names, its value and its paragraphs") {
  if (!has_program("mandoc")) return;
  std::string text = mandoc({"-T", "utf8", "-O", "width=78"}, page()).out;
  for (auto at = text.find('\b'); at != std::string::npos; at = text.find('\b')) text.erase(at - 1, 2);  // bold
  INFO(text);
  CHECK(text.find("     --timeout TIME|Nx\n             Stop a task that runs longer than this,") != std::string::npos);
  CHECK(text.find("-j, -P, --jobs, --workers, --max-procs") != std::string::npos);
  CHECK(text.find("--partial (retry)") != std::string::npos);
  CHECK(text.find("systemd-run --user --scope -p Delegate=yes prun ...\n") != std::string::npos);
}

TEST_CASE("a template without a place for the options is refused") {
  CHECK_THROWS_AS((void)man_page(".Sh OPTIONS\n"), std::runtime_error);
}
