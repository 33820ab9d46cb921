// Real programs, run to their ends.
#include "command/command_run.hpp"
#include "command/command_result.hpp"
#include "wire/json.hpp"

#include <prun/error.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

using namespace prun;
using namespace prun::command;

namespace {

CommandLine shell(std::string script) { return {{"/bin/sh", "-c", std::move(script)}, false, 0, {}, {}, {}, {}}; }

struct Desk {
  Desk() { (void)std::signal(SIGPIPE, SIG_IGN); }
  CommandSurroundings surroundings;
  std::string value;
  std::uint64_t index = 0;

  Outputs run(const CommandLine& line) {
    value.clear();
    run_command(line, surroundings, index, "", value);
    return outputs_of(value);
  }
  Failure failure_of(const CommandLine& line) {
    try {
      run(line);
    } catch (const TaskError& error) {
      return error.failure();
    }
    return {};
  }
  std::string content_of(const CommandResult::Output& output) {
    if (!output.file) return std::string(output.bytes);
    std::string bytes;
    append_content(*surroundings.spilled.take(output.file->token), bytes);
    return bytes;
  }
};

int open_descriptors() {
  int count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace

TEST_CASE("standard output and standard error are captured separately, with any bytes") {
  Desk desk;
  const Outputs outputs = desk.run(shell("printf 'a\\000\\377'; printf b >&2"));
  CHECK(outputs.out.bytes == std::string_view("a\0\xff", 3));
  CHECK(outputs.err.bytes == "b");
}

TEST_CASE("an exit status that is not 0 is the failure, and the outputs are its detail") {
  Desk desk;
  const Failure failure = desk.failure_of(shell("echo out; exit 3"));
  CHECK(failure.kind == FailureKind::exit);
  CHECK(failure.exit_status == 3);
  CHECK(outputs_of(failure.detail).out.bytes == "out\n");
}

TEST_CASE("a signal is the failure") {
  const Failure failure = Desk().failure_of(shell("kill -TERM $$"));
  CHECK(failure.kind == FailureKind::signal);
  CHECK(failure.signal == SIGTERM);
  CHECK(failure.message == "ended by signal 15 (SIGTERM)");
}

TEST_CASE("a program that cannot be started fails with the exit status of a shell") {
  Desk desk;
  CHECK(desk.failure_of({{"no-such-program"}, false, 0, {}, {}, {}, {}}).exit_status == 127);
  CHECK(desk.failure_of({{"/etc/passwd"}, false, 0, {}, {}, {}, {}}).exit_status == 126);
  const Failure directory = desk.failure_of({{"true"}, false, 0, {}, {}, "/no/such/directory", {}});
  CHECK(directory.message.find("/no/such/directory") != std::string::npos);
}

TEST_CASE("standard input of any size is written, and the command need not read it") {
  Desk desk;
  const std::string input(3'000'000, 'x');
  CommandLine count = shell("wc -c");
  count.standard_input = input;
  CHECK(std::stoi(desk.content_of(desk.run(count).out)) == 3'000'000);
  CommandLine ignore = shell("exec 0<&-; echo done");
  ignore.standard_input = input;
  CHECK(desk.run(ignore).out.bytes == "done\n");
}

TEST_CASE("without input there is none") { CHECK(Desk().run(shell("cat")).out.bytes.empty()); }

TEST_CASE("a command can have another directory and environment") {
  Desk desk;
  CommandLine line = shell("pwd; echo $PRUN_TEST_A $PRUN_TEST_B");
  line.directory = "/";
  line.environment = {{"PRUN_TEST_A", "1"}, {"PRUN_TEST_B", "two words"}};
  CHECK(desk.run(line).out.bytes == "/\n1 two words\n");
}

TEST_CASE("a large output is stored completely in a file") {
  Desk desk;
  const Outputs outputs = desk.run(shell("seq 1 1000000; echo small >&2"));
  REQUIRE(outputs.out.file);
  CHECK(outputs.err.bytes == "small\n");
  const std::string content = desk.content_of(outputs.out);
  CHECK(content.size() == 6'888'896);
  CHECK(content.substr(0, 4) == "1\n2\n");
  CHECK(content.substr(content.size() - 8) == "1000000\n");
}

TEST_CASE("more large outputs than files may be open stay whole") {
  Desk desk;
  std::vector<CommandResult::Output> outputs;
  std::vector<std::string> values;
  for (int i = 0; i < 150; ++i) {
    CommandLine line = shell("head -c 1200000 /dev/zero | tr '\\0' " + std::string(1, static_cast<char>('a' + i % 26)));
    outputs.push_back(desk.run(line).out);
    desk.surroundings.spilled.receive();
  }
  const int before = open_descriptors();
  for (int i = 0; i < 150; ++i) {
    CHECK(desk.content_of(outputs[static_cast<std::size_t>(i)]) ==
          std::string(1'200'000, static_cast<char>('a' + i % 26)));
  }
  CHECK(open_descriptors() < before);
}

TEST_CASE("prun does not wait for a background process that holds the outputs open") {
  Desk desk;
  const Outputs outputs = desk.run(shell("sleep 1000 & echo $!"));
  const pid_t background = std::stoi(std::string(outputs.out.bytes));
  CHECK(::kill(background, SIGKILL) == 0);
}

TEST_CASE("a shell runs a script without an interpreter line") {
  Desk desk;
  const std::string path = std::filesystem::temp_directory_path() / ("prun-script-" + std::to_string(::getpid()));
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0700);
  REQUIRE(::write(fd, "echo plain $1\n", 14) == 14);
  ::close(fd);
  CHECK(desk.run({{path, "x"}, false, 0, {}, {}, {}, {}}).out.bytes == "plain x\n");
  std::filesystem::remove(path);
}

TEST_CASE("a command has only the standard descriptors and those that prun inherited") {
  Desk desk;
  int given = 0;
  for (int fd = 3; fd < 1024; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) ++given;
  }
  const Outputs outputs = desk.run(shell("ls /proc/self/fd | wc -l"));  // ls itself has the folder open
  CHECK(std::stoi(std::string(outputs.out.bytes)) == 4 + given);
}

TEST_CASE("a command has no blocked signals and the original action of SIGPIPE") {
  const CommandLine line = shell("grep -E 'SigBlk|SigIgn' /proc/self/status");
  Desk desk;
  const std::string_view status = desk.run(line).out.bytes;
  CHECK(status.find("SigBlk:\t0000000000000000") != std::string_view::npos);
  const auto ignored = std::stoull(std::string(status.substr(status.find("SigIgn:") + 7)), nullptr, 16);
  CHECK((ignored >> (SIGPIPE - 1) & 1) == 0);
}

TEST_CASE("a result has the duration and the resource usage") {
  Desk desk;
  desk.run(shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"));
  std::string json;
  wire::append_json(json, desk.value);
  CHECK(json.find(R"({"exit":0,"stdout":"","stderr":"","seconds":0.)") == 0);
  CHECK(json.find("\"max_rss\":0") == std::string::npos);
}

TEST_CASE("outputs that are not text are shown as Base64") {
  Desk desk;
  desk.run(shell("printf '\\377\\001'"));
  std::string buffer;
  std::string json;
  wire::append_json(json, readable_result(desk.value, &desk.surroundings.spilled, buffer));
  CHECK(json.find(R"("stdout_base64":"/wE=")") != std::string::npos);
}
