// Some file systems (NFS, quotas) say only at the close that what was written has no space. strace makes the close fail.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace prun::test;
namespace fs = std::filesystem;

namespace {

bool strace_works() {
  Command command{{"/bin/sh", "-c", "strace -qq -o /dev/null -e trace=close -e inject=close:error=EIO:when=9999 true"}};
  return run_command(std::move(command)).status == 0;
}

/// Closing `file` fails; $0 is prun, $1 the file.
Result with_failing_close(const std::string& prun_arguments, const std::string& file) {
  Command command{
      {"/bin/sh", "-c",
       "exec strace -qq -o /dev/null -P \"$1\" -e trace=close -e inject=close:error=EDQUOT \"$0\" " + prun_arguments,
       prun_binary(), file}};
  return run_command(std::move(command));
}

struct Folder {
  std::string path = (fs::temp_directory_path() / "prun-close-XXXXXX").string();
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a write error that is reported only by close(2) is an error") {
  if (!strace_works()) {
    MESSAGE("SKIPPED: strace is missing here, or may trace nothing");
    return;
  }
  const Folder folder;
  struct Case {
    std::string arguments;
    std::string file;  ///< below the folder
    std::string name;
  };
  const std::string stdout_of_task = "results/1/7/stdout";
  for (const Case& c :
       {Case{"map identity 1..3 --output raw >\"$1\"", "out", "standard output"},
        Case{"imap --cmd 'echo {}' 1..3 >\"$1\"", "out", "standard output"},
        Case{"functions >\"$1\"", "out", "standard output"}, Case{"--help >\"$1\"", "out", "standard output"},
        Case{"imap --sh 'echo {}' 7 --results " + folder.path + "/results", stdout_of_task,
             folder.path + '/' + stdout_of_task}}) {
    const Result run = with_failing_close(c.arguments, folder.path + '/' + c.file);
    INFO(run);
    CHECK(run.status == 3);
    CHECK(run.err ==
          "prun: cannot write" + std::string(c.name[0] == '/' ? " " : " to ") + c.name + ": Disk quota exceeded\n");
  }
}
