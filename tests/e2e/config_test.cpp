// Options from files and from $PRUN_OPTIONS.
#include "prun_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

/// A folder of configuration, and command lines that use it.
class Configured {
 public:
  void write(const std::string& name, const std::string& text) const { folder_.write("prun/" + name, text); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file("prun/" + name); }

  [[nodiscard]] Result run(std::vector<std::string> words, const std::string& variable = {}) const {
    Command command = prun_command(std::move(words));
    command.environment = {{"XDG_CONFIG_HOME", folder_.path().string()}, {"PRUN_OPTIONS", variable}};
    Result result = run_command(std::move(command));
    INFO(result);
    CHECK_FALSE(result.timed_out);
    return result;
  }

 private:
  Folder folder_;
};

}  // namespace

TEST_CASE("options come from a file, from a variable and from the command line, and later ones win") {
  const Configured config;
  config.write("options", "# my options\n\n--tag --color=never\n");
  CHECK(config.run({"echo", ":::", "a"}).out == "a\ta\n");
  CHECK(config.run({"echo", ":::", "a"}, "--tagstring x").out == "x\ta\n");
  config.write("options", "--format '{args}!'\n");
  CHECK(config.run({"map", "identity", "1"}).out == "1!\n");
  CHECK(config.run({"map", "identity", "1"}, "--format '{args}?'").out == "1?\n");
  CHECK(config.run({"map", "identity", "1", "--format", "{args}."}, "--format '{args}?'").out == "1.\n");
  CHECK(config.run({"map", "identity", "1", "--output", "tsv"}).out.starts_with("index\t"));
}

TEST_CASE("the variable may have several lines, as a file has") {
  const Configured config;
  CHECK(config.run({"echo", ":::", "a"}, "# mine\n--tag").out == "a\ta\n");
  CHECK(config.run({"echo", ":::", "a"}, "--tag\n#c\n\n--tagstring x\n").out == "x\ta\n");
  CHECK(config.run({"map", "identity", "1"}, "--tag\n--seed x").err.starts_with("prun: $PRUN_OPTIONS:2: --seed takes"));
}

TEST_CASE("lines of options may end as on Windows") {
  const Configured config;
  config.write("options", "--tag\r\n\r\n--tagstring 'a b'\r\n");
  CHECK(config.run({"echo", ":::", "x"}).out == "a b\tx\n");
}

TEST_CASE("options of a file that do not fit the command line are ignored") {
  const Configured config;
  config.write("options", "--tag\n--retry-on exit\n--keep-order\n");
  CHECK(config.run({"map", "identity", "1", "--format", "{args}"}).out == "1\n");
  CHECK(config.run({"--no-keep-order", "-j1", "echo", ":::", "a"}).out == "a\ta\n");
  CHECK(config.run({"functions", "fib"}).status == 0);
}

TEST_CASE("a profile is a separate file that must exist") {
  const Configured config;
  config.write("options", "--tagstring file\n");
  config.write("mine.options", "--tagstring profile\n");
  CHECK(config.run({"--profile", "mine", "echo", ":::", "a"}).out == "profile\ta\n");
  CHECK(config.run({"echo", ":::", "a"}).out == "file\ta\n");
  const Result missing = config.run({"--profile", "other", "echo", ":::", "a"});
  CHECK(missing.status == 2);
  CHECK(missing.err.starts_with("prun: there is no profile other: neither /etc/prun/other.options nor "));
}

TEST_CASE("no configuration is read with --no-config") {
  const Configured config;
  config.write("options", "--no-such-option\n");
  CHECK(config.run({"--no-config", "echo", ":::", "a"}, "--tag").out == "a\n");
}

TEST_CASE("a bad line is reported with its file and number") {
  const Configured config;
  config.write("options", "--tag\n--jbos 3\n");
  const std::string place = "prun: " + config.path("options") + ":2: ";
  CHECK(config.run({"echo", ":::", "a"}).err.starts_with(place + "unknown option --jbos; did you mean --jobs?"));
  config.write("options", "\n--jobs many\n");
  CHECK(config.run({"map", "identity", "1"}).err.starts_with(place + "--jobs takes"));
  config.write("options", "\n--tag echo\n");
  CHECK(config.run({"map", "identity", "1"}).err.starts_with(place + "a line of options cannot have 'echo'"));
  config.write("options", "\n--help\n");
  CHECK(config.run({"map", "identity", "1"}).err.starts_with(place + "--help is for the command line only"));
  config.write("options", "");
  CHECK(config.run({"map", "identity", "1"}, "--seed x").err.starts_with("prun: $PRUN_OPTIONS: --seed takes"));
}

TEST_CASE("a folder instead of a file of options is an error") {
  const Configured config;
  config.write("options/x", "");
  const Result run = config.run({"map", "fib", "1"});
  CHECK(run.status == 2);
  CHECK(run.err.find(config.path("options") + " cannot be read: Is a directory") != std::string::npos);
}

TEST_CASE("a run that is retried keeps the options of its configuration") {
  const Configured config;
  const Folder folder;
  const std::string journal = folder.file("run.db");
  config.write("options", "--output raw\n");
  CHECK(config.run({"--journal", journal, "test -e " + folder.file("{}") + " && echo found", ":::", "a"}).status == 1);
  folder.write("a", "");
  config.write("options", "--output csv\n");
  CHECK(config.run({"retry", journal}).out == "found\n");
}

TEST_CASE("a file of options that cannot be read is an error that names the way out") {
  const Configured config;
  config.write("options/x", "");
  CHECK(config.run({"echo", ":::", "a"})
            .err.starts_with("prun: " + config.path("options") +
                             " cannot be read: Is a directory; --no-config runs without it\n"));
  CHECK(config.run({"--no-config", "echo", ":::", "a"}).out == "a\n");
}

TEST_CASE("a file of options that is endless or a FIFO without a writer does not stop prun") {
  const Configured config;
  config.write("x", "");
  REQUIRE(::symlink("/dev/zero", config.path("options").c_str()) == 0);
  CHECK(config.run({"echo", ":::", "a"}).err.find("cannot be read: File too large; --no-config") != std::string::npos);
  REQUIRE(::unlink(config.path("options").c_str()) == 0);
  REQUIRE(::mkfifo(config.path("options").c_str(), 0600) == 0);
  CHECK(config.run({"echo", ":::", "a"}).out == "a\n");
  const Result hosts = config.run({"--no-config", "--hosts-file", config.path("options"), "echo", ":::", "a"});
  CHECK(hosts.err.find("names no host") != std::string::npos);
  CHECK(config.run({"--no-config", "--hosts-file", "/dev/zero", "echo", ":::", "a"}).err.find("File too large") !=
        std::string::npos);
  CHECK(config.run({"--no-config", "-j", "/dev/zero", "echo", ":::", "a"}).status == 2);
}

TEST_CASE("a NUL byte in a line of options is an error") {
  const Configured config;
  config.write("options", std::string("--tag\0x\n", 8));
  CHECK(config.run({"echo", ":::", "a"}).err.find("options:1: the line contains a NUL byte at offset 5\n") !=
        std::string::npos);
}

TEST_CASE("a message does not repeat a huge value") {
  const Configured config;
  config.write("options", "--jobs " + std::string(500'000, 'x') + "\n");
  const Result result = config.run({"echo", ":::", "a"});
  CHECK(result.status == 2);
  CHECK(result.err.size() < 12'000);
  CHECK(result.err.find(" bytes] xxx") != std::string::npos);
  CHECK(result.err.starts_with("prun: " + config.path("options") + ":1: --jobs takes"));
}
