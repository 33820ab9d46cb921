// A journal that is deleted or replaced while a run uses it, or that its folder does not let be made.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

using namespace prun::test;

namespace {

/// Runs tasks of which the second waits until `displace` was done.
Result run_while(const JournalFolder& folder, const std::function<void()>& displace) {
  const std::string script = "while [ {} != 1 ] && [ ! -e " + folder.file("gate") + " ]; do sleep 0.02; done; echo {}";
  Process prun(prun_command({"imap", "--journal", folder.journal(), "--output", "raw", "--sh", script, "1", "2", "3"}));
  REQUIRE(prun.wait_until([&] { return folder.recorded() == 1; }));
  displace();
  std::ofstream(folder.file("gate")) << "";
  return prun.wait();
}

}  // namespace

TEST_CASE("a journal that is deleted while it is used is an error that names it") {
  const JournalFolder folder;
  const Result result = run_while(folder, [&] { std::filesystem::remove(folder.journal()); });
  INFO(result);
  CHECK(result.status == 3);
  CHECK(contains(result.err,
                 "prun: the journal " + folder.journal() + " was deleted or moved while this run was using it"));
  CHECK(contains(result.out, "1\n"));
}

TEST_CASE("a journal that is replaced during the run is an error, and the new file is not changed") {
  const JournalFolder folder;
  const Result result = run_while(folder, [&] {
    std::ofstream(folder.file("other")) << "mine";
    std::filesystem::rename(folder.file("other"), folder.journal());
  });
  INFO(result);
  CHECK(result.status == 3);
  CHECK(contains(result.err, "the journal " + folder.journal() + " was replaced by another file"));
  std::ifstream file(folder.journal());
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "mine");
}

TEST_CASE("a log of the journal that is deleted during the run is an error, and the journal can be continued") {
  for (const std::string suffix : {"-wal", "-shm"}) {
    const JournalFolder folder;
    const Result result = run_while(folder, [&] { std::filesystem::remove(folder.journal() + suffix); });
    INFO(result);
    CHECK(result.status == 3);
    CHECK(contains(result.err, "the file " + folder.journal() + suffix + " of the journal "));
    const Result retried = run_prun({"retry", folder.journal()});
    INFO(retried);
    CHECK(retried.status == 0);
    CHECK(retried.out == "1\n2\n3\n");
  }
}
