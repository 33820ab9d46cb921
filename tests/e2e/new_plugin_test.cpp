// `prun new plugin`: what it writes, and that it overwrites nothing. That it builds is tested with the installation.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

namespace fs = std::filesystem;

/// A folder of the test's own, which prun runs in.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("prun-new-" + std::to_string(::getpid()))) {
    fs::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  [[nodiscard]] Result run(std::vector<std::string> arguments) const {
    std::string script = "cd '" + path_.string() + "' && exec '" + prun_binary() + "'";
    for (const std::string& argument : arguments) script += " '" + argument + "'";
    return run_command({{"/bin/sh", "-c", script}});
  }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("prun new plugin writes a project of that name") {
  const Folder folder;
  const Result run = folder.run({"new", "plugin", "mine"});
  INFO(run);
  CHECK(run.status == 0);
  std::set<std::string> files;
  for (const auto& entry : fs::directory_iterator(folder / "mine")) {
    files.insert(entry.path().filename().string());
    CHECK(content(entry.path()).find("@NAME@") == std::string::npos);
    CHECK_FALSE(content(entry.path()).empty());
  }
  CHECK(files == std::set<std::string>{".gitignore", "CMakeLists.txt", "README.md", "mine.cpp", "test.sh"});
  CHECK(content(folder / "mine/CMakeLists.txt").find("OUTPUT_NAME mine\n") != std::string::npos);
  CHECK(run.out.find("cmake -S mine -B mine/build") != std::string::npos);
}

TEST_CASE("prun new plugin overwrites nothing") {
  const Folder folder;
  fs::create_directory(folder / "mine");
  std::ofstream(folder / "file") << "kept";
  fs::create_symlink("nowhere", folder / "link");
  for (const std::string name : {"mine", "file", "link"}) {
    const Result run = folder.run({"new", "plugin", name});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.err.find("./" + name + " exists already") != std::string::npos);
  }
  CHECK(fs::is_empty(folder / "mine"));
  CHECK(content(folder / "file") == "kept");
}

TEST_CASE("prun new reports a folder that it cannot write") {
  const Folder folder;
  for (const std::string name : {"", "../up", "a/b", "9lives", "a b", ".hidden"}) {
    const Result run = folder.run({"new", "plugin", name});
    INFO(run);
    CHECK(run.status == 2);
    CHECK(run.err.find("a plugin's name has letters, digits, _ and -") != std::string::npos);
  }
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"new"}, {"new", "plugin"}, {"new", "thing", "x"}, {"new", "plugin", "a", "b"}}) {
    CHECK(folder.run(words).err.find("prun new takes what to write and its name: prun new plugin mine") !=
          std::string::npos);
  }
  CHECK(folder.run({"new", "plugin", "x", "--threads"}).err.find("prun new does not take --threads") !=
        std::string::npos);
}
