// What is refused as a journal, and that nothing of it is changed.
#include "journal/journal_file.hpp"

#include "journal/journal_support.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

using namespace prun;
using namespace prun::test;
using journal::JournalFile;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string refused(const std::string& path, JournalFile::Use use = JournalFile::Use::go_on) {
  return refusal([&] { const JournalFile file(path, use); });
}

void execute(const std::string& path, const char* sql) {
  journal::Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).execute(sql);
}

}  // namespace

TEST_CASE("a new journal and the files beside it have mode 0600, and an existing one keeps its mode") {
  const Folder folder;
  const std::string path = folder.file("j");
  const auto mode_of = [](const std::string& file) { return std::filesystem::status(file).permissions(); };
  using std::filesystem::perms;
  const mode_t before = ::umask(0);
  {
    JournalFile file(path, JournalFile::Use::create);
    for (const char* suffix : {"", "-wal", "-shm"}) {
      CAPTURE(suffix);
      CHECK(mode_of(path + suffix) == (perms::owner_read | perms::owner_write));
    }
  }
  std::filesystem::permissions(path, perms(0640));
  {
    JournalFile file(path, JournalFile::Use::go_on);
    CHECK(mode_of(path) == perms(0640));
    CHECK(mode_of(path + "-wal") == perms(0640));
  }
  ::umask(before);
}

TEST_CASE("another process sees whether a run uses the journal, also with read permission only") {
  const Folder folder;
  const std::string path = folder.file("j");
  auto run = std::make_unique<JournalFile>(path, JournalFile::Use::create);
  CHECK(JournalFile(path, JournalFile::Use::look_at).in_use());
  run.reset();
  CHECK_FALSE(JournalFile(path, JournalFile::Use::look_at).in_use());
}

TEST_CASE("a file that is not an SQLite database is refused and not changed") {
  const Folder folder;
  const std::string path = folder.file("notes.txt");
  std::ofstream(path) << "things to do, and more of them";
  for (const auto use : {JournalFile::Use::create, JournalFile::Use::go_on, JournalFile::Use::look_at}) {
    CHECK(refused(path, use) == path + " is not a prun journal: it is not an SQLite database; use another file");
  }
  CHECK(content(path) == "things to do, and more of them");
}

TEST_CASE("a database of another program is refused and not changed") {
  const Folder folder;
  const std::string path = folder.file("other.db");
  execute(path, "CREATE TABLE precious (thing)");
  const std::string before = content(path);
  CHECK(refused(path) == path + " is not a prun journal: it is a database of another program; use another file");
  CHECK(content(path) == before);
}

TEST_CASE("a damaged journal is refused, and the error says how to save the rest") {
  const Folder folder;
  const std::string path = folder.file("j");
  const auto damaged = [&](std::string_view what) {
    return "the journal " + path + ": it is damaged: " + std::string(what) + "; save what can be read: sqlite3 " +
           path + " .recover | sqlite3 NEW.db";
  };
  { const JournalFile file(path, JournalFile::Use::create); }
  execute(path, "DROP TABLE pieces");
  CHECK(refused(path) == damaged("tables are missing"));
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(16) << std::string(84, 'Z');
  for (const auto use : {JournalFile::Use::go_on, JournalFile::Use::look_at})
    CHECK(refused(path, use) == damaged("file is not a database"));
}

TEST_CASE("a journal of another version is refused, and the error names the versions") {
  const Folder folder;
  const std::string path = folder.file("j");
  { const JournalFile file(path, JournalFile::Use::create); }
  execute(path, "PRAGMA user_version = 7");
  CHECK(refused(path) == "the journal " + path +
                             " is of version 7, and this prun writes version 1; use the prun version that created it");
}

TEST_CASE("a journal that contains a run is not overwritten") {
  const Folder folder;
  const std::string path = folder.file("j");
  { const Recording run(path); }
  CHECK(refused(path, JournalFile::Use::create) ==
        "the journal " + path + " has 1 run already; add --resume to continue it, or use another file name");
  CHECK(refused(path, JournalFile::Use::go_on).empty());
}

TEST_CASE("an error about a path that cannot be read or written has the reason") {
  const Folder folder;
  CHECK(refused(folder.file("no/such/folder")) ==
        "the journal " + folder.file("no/such/folder") + " cannot be written: No such file or directory");
  CHECK(refused(folder.file("missing"), JournalFile::Use::look_at) ==
        "the journal " + folder.file("missing") + " cannot be read: No such file or directory");
  CHECK(refused("/dev/null") == "the journal /dev/null must be a regular file");
}

TEST_CASE("settings other than the recorded ones are refused, and the error names them") {
  const Folder folder;
  JournalFile file(folder.file("j"), JournalFile::Use::create);
  journal::RunRecord run = a_run();
  run.settings = {{"--seed", "7"}};
  begin_run(file, run);
  run.settings = {{"--seed", "8"}};
  begin_run(file, run);  // there is no result yet
  file.writer().execute("INSERT INTO attempts (task, run, attempt, final, ending) VALUES (0, 1, 1, 1, 'value')");
  const std::string of = "the journal " + file.path() + " is of runs with --seed 7, this one has ";
  CHECK(refusal([&] { begin_run(file, run); }) ==
        of + "--seed 8: the results would differ. Use the same options, or another journal");
  run.settings.clear();
  CHECK(refusal([&] { begin_run(file, run); }) ==
        of + "no --seed: the results would differ. Use the same options, or another journal");
}
