// What commands, and programs that functions start, inherit of prun: its standard streams, and nothing else.
#include "journal_support.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

/// Prints the descriptors that a shell finds open, without those that the listing itself opens.
constexpr const char* list_descriptors =
    "cd /proc/self/fd && for fd in *; do if [ -e /proc/$$/fd/$fd ]; then echo $fd; fi; done";

std::vector<std::string> descriptors(std::vector<std::string> arguments, std::string input = {}) {
  arguments.insert(arguments.begin() + 1, {"-j", "2"});
  const Result result = run_prun(std::move(arguments), std::move(input));
  INFO(result);
  CHECK(result.status == 0);
  return lines_of(result.out);
}

/// What the shell inherits of this test, without prun: its standard streams, and what whoever runs the tests has left open.
std::vector<std::string> inherited_without_prun(const std::string& script) {
  return lines_of(run_command({.arguments = {"/bin/sh", "-c", script}}).out);
}

std::string into_file(const std::string& file) { return "{ " + std::string(list_descriptors) + "; } > " + file; }

}  // namespace

TEST_CASE("a command finds the standard streams open and nothing else") {
  const JournalFolder folder;
  const std::vector<std::string> standard = inherited_without_prun(list_descriptors);
  CHECK(standard.size() >= 3);
  std::ofstream(folder.file("input")) << "1\n";
  const std::vector<std::string> own{
      "--log-file",     folder.file("log"), "--journal", folder.journal(), "--results", folder.file("results"),
      "--no-jobserver", "--timeout",        "1m",        "--memory-limit", "1G"};
  for (const std::vector<std::string>& input : std::vector<std::vector<std::string>>{
           {"1"}, {"-a", folder.file("input")}, {"--threads", "1"}, {"--retries", "1", "1"}}) {
    CAPTURE(input);
    std::filesystem::remove(folder.journal());
    std::vector<std::string> arguments{"imap", "--output", "raw", "--sh", ": {}; " + std::string(list_descriptors)};
    const bool threads = input.front() == "--threads";
    if (!threads) arguments.insert(arguments.end(), own.begin(), own.end());
    if (threads) arguments.insert(arguments.end(), {"--no-jobserver", "--log-file", folder.file("log")});
    arguments.insert(arguments.end(), input.begin(), input.end());
    CHECK(descriptors(arguments) == standard);
  }
}

TEST_CASE("a program that a function starts finds no descriptor of prun's") {
  const JournalFolder folder;
  CHECK(inherited_without_prun(into_file(folder.file("plain"))).empty());
  const auto listed = [&folder](const std::string& name) {
    return lines_of(run_command({.arguments = {"cat", folder.file(name)}}).out);
  };
  CHECK(listed("plain").size() >= 3);
  std::ofstream(folder.file("f.py")) << "import os\ndef f(script):\n    return os.system(script)\n";
  for (const std::string& function : {folder.file("f.py") + ":f", std::string("libc.so.6:system(char*)->int")}) {
    CAPTURE(function);
    const Result result = run_prun({"imap", "--no-jobserver", "--log-file", folder.file("log"), "--journal",
                                    folder.file("run.db"), "--resume", "--tasks", "-"},
                                   nlohmann::json({function, into_file(folder.file("found"))}).dump() + "\n");
    CAPTURE(result);
    CHECK(result.status == 0);
    CHECK(listed("found") == listed("plain"));
    for (const char* used : {"run.db", "found"}) std::filesystem::remove(folder.file(used));
  }
}
