// See journal_support.hpp.
#include "journal_support.hpp"

#include "support/process_tree.hpp"

#include "journal/sqlite.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace prun::test {

std::vector<std::string> JournalFolder::traced(std::string_view name) const { return lines_of(read(name)); }

std::size_t JournalFolder::recorded() const {
  try {
    journal::Database database(journal(), SQLITE_OPEN_READONLY);
    database.set_patience(10'000);
    return static_cast<std::size_t>(database.integer("SELECT count(*) FROM outcomes"));
  } catch (const journal::SqliteError&) {
    return 0;  // it is only being made
  }
}

namespace {

std::vector<std::string> with_journal(const JournalFolder& folder, std::vector<std::string> arguments,
                                      const std::vector<std::string>& more) {
  std::vector<std::string> options{"--journal", folder.journal()};
  options.insert(options.end(), more.begin(), more.end());
  arguments.insert(arguments.begin() + 1, options.begin(), options.end());
  return arguments;
}

}  // namespace

Result run_with(const JournalFolder& folder, std::vector<std::string> arguments, std::vector<std::string> more,
                std::string input) {
  Result result = run_prun(with_journal(folder, std::move(arguments), more), std::move(input));
  INFO(result);
  CHECK_FALSE(result.timed_out);
  return result;
}

void run_and_kill(const JournalFolder& folder, std::vector<std::string> arguments, std::size_t recorded, int signal,
                  std::string input) {
  Process prun(prun_command(with_journal(folder, std::move(arguments), {}), std::move(input)));
  REQUIRE(prun.wait_until([&] { return folder.recorded() >= recorded; }));
  const Witness children(descendants_of(prun.pid()));
  prun.signal(signal);
  CHECK(prun.wait().status == 128 + signal);
  CHECK(children.all_ended_within(std::chrono::seconds(10)));
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace prun::test
