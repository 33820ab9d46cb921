// A file that is opened before a run and written after it.
#include "sys/whole_file.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

using prun::sys::WholeFile;
using prun::test::Folder;

TEST_CASE("the earlier content of a file stays until it is written again") {
  const Folder folder;
  folder.write("report", "an earlier one");
  WholeFile file(folder.file("report"), "cannot write the report");
  CHECK(folder.read("report") == "an earlier one");
  file.start();
  file.write("new");
  CHECK(folder.read("report") == "new");
}

TEST_CASE("a file that was created and never written is removed") {
  const Folder folder;
  folder.write("earlier", "");
  const auto exists = [&](const char* name) { return std::filesystem::exists(folder.file(name)); };
  {
    WholeFile unwritten(folder.file("unwritten"), "cannot write the report");
    const WholeFile moved(std::move(unwritten));
    WholeFile written(folder.file("written"), "cannot write the report");
    written.start();
    const WholeFile earlier(folder.file("earlier"), "cannot write the report");
    const WholeFile others(folder.file("others"), "cannot write the report");
    folder.write("others", "another program's");
    CHECK(exists("unwritten"));
  }
  CHECK_FALSE(exists("unwritten"));
  CHECK(exists("written"));
  CHECK(exists("earlier"));
  CHECK(exists("others"));
}

TEST_CASE("a database is never replaced, also if it has come since") {
  const Folder folder;
  const std::string database = std::string("SQLite format 3") + '\0' + "and more";
  folder.write("run.db", database);
  const std::string refusal = "cannot write the report " + folder.file("run.db") +
                              ": it is a journal or another SQLite database; choose another name";
  CHECK_THROWS_WITH_AS(WholeFile(folder.file("run.db"), "cannot write the report"), refusal.c_str(),
                       std::runtime_error);
  folder.write("new", "");
  WholeFile file(folder.file("new"), "cannot write the report");
  folder.write("new", database);
  CHECK_THROWS_AS(file.start(), std::runtime_error);
  CHECK(folder.read("new") == database);
  CHECK(folder.read("run.db") == database);
}
