// GNU make's jobserver, with the real make on either side: how many run at once, and that every token is back in the end.
#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

using namespace prun::test;

namespace {

/// A folder with a program, `step`, that counts who runs at once.
class Workshop {
 public:
  /// @param full a step that has begun waits until so many have run at once
  explicit Workshop(int full)
      : path_(std::filesystem::temp_directory_path() / ("prun-jobs-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directory(path_);
    write("step", "#!/bin/bash\ncd " + path_.string() +
                      "\nexec 9>lock\n"
                      "note() { flock 9; echo $1 >> log; now=0; [ ! -e now ] || read now < now; now=$((now $1 1)); "
                      "echo $now > now\n"
                      "  [ $now -lt " +
                      std::to_string(full) +
                      " ] || touch full; flock -u 9; }\n"
                      "note +; until [ -e full ]; do sleep 0.01; done; sleep 0.02; note -\n"
                      "[ \"$1\" != fail ]\n");
    std::filesystem::permissions(path_ / "step", std::filesystem::perms::owner_all);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  ~Workshop() { std::filesystem::remove_all(path_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ / name; }
  [[nodiscard]] bool full() const { return std::filesystem::exists(path_ / "full"); }
  [[nodiscard]] std::vector<std::string> log() const {
    std::ifstream file(path_ / "log");
    return lines_of({std::string(std::istreambuf_iterator<char>(file), {})});
  }
  /// The most steps that have run at once.
  [[nodiscard]] int most() const {
    int now = 0;
    int most = 0;
    for (const std::string& line : log()) most = std::max(most, now += line == "+" ? 1 : -1);
    return most;
  }

 private:
  std::filesystem::path path_;
};

/// The jobserver of a make that the test plays; each of its tokens is another byte.
class Tokens {
 public:
  explicit Tokens(const std::string& bytes) : bytes_(bytes) {
    REQUIRE(::pipe(ends_.data()) == 0);
    REQUIRE(::write(ends_[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  ~Tokens() {
    for (const int end : ends_) ::close(end);
  }
  [[nodiscard]] std::string flags() const {
    return " -j --jobserver-auth=" + std::to_string(ends_[0]) + ',' + std::to_string(ends_[1]);
  }
  /// All are in the pipe, at once or, where who held them was killed, in a moment.
  [[nodiscard]] bool all_back(int wait_ms = 0) const {
    std::string found;
    pollfd wait{ends_[0], POLLIN, 0};
    char token = 0;
    while (found.size() < bytes_.size() && ::poll(&wait, 1, wait_ms) == 1 && ::read(ends_[0], &token, 1) == 1) {
      found += token;
    }
    const bool more = ::poll(&wait, 1, 0) == 1;
    std::sort(found.begin(), found.end());
    return found == bytes_ && !more;
  }

 private:
  std::string bytes_;
  std::array<int, 2> ends_{};
};

Command within(const Tokens& make, std::vector<std::string> arguments) {
  Command command = prun_command(std::move(arguments));
  command.environment = {{"MAKEFLAGS", make.flags()}};
  return command;
}

Result run_make(const Workshop& shop, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"make", "-s", "-f", shop.path("makefile")});
  Command command;
  command.arguments = std::move(arguments);
  command.environment = {{"MAKEFLAGS", ""}};
  Result result = run_command(std::move(command));
  INFO(result);
  CHECK_FALSE(result.timed_out);
  return result;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string four_steps(const Workshop& shop, const std::string& options) {
  return prun_binary() + " imap_unordered -j 8 " + options + " --cmd " + shop.path("step") + " 1 2 3 4";
}

}  // namespace

TEST_CASE("two pruns in a make share its jobs") {
  const Workshop shop(3);
  const std::string prun = four_steps(shop, "");
  shop.write("makefile", "all: a b\na b:\n\t+" + prun + "\n");
  const Result result = run_make(shop, {"-j3"});
  CHECK(result.status == 0);
  CHECK_FALSE(contains(result.err, "tokens"));  // make's own count, when it ends
  CHECK(shop.log().size() == 16);
  CHECK(shop.most() == 3);
}

TEST_CASE("without a + make closes its pipe, and prun reports this") {
  const Workshop shop(4);
  shop.write("makefile", "all:\n\t" + four_steps(shop, "-v") + "\n");
  const Result result = run_make(shop, {"-j3"});
  CHECK(result.status == 0);
  CHECK(contains(result.err, "cannot take part in make's jobserver: its pipe is not open here; put a +"));
  CHECK(shop.most() == 4);
}

TEST_CASE("under make -n nothing is done, and commands are shown") {
  const Workshop shop(1);
  shop.write("makefile", "all:\n\t+" + prun_binary() + " imap fib 1 2\n\t+" + four_steps(shop, "") + "\n");
  const Result result = run_make(shop, {"-n"});
  CHECK(result.status == 0);
  CHECK(contains(result.out, shop.path("step") + " 4\n"));
  CHECK_FALSE(contains(result.out, "   1          1"));
  CHECK(shop.log().empty());
}

TEST_CASE("makes that prun runs share its workers") {
  const Workshop shop(3);
  shop.write("makefile", "all: 1 2 3 4 5\n1 2 3 4 5:\n\t" + shop.path("step") + "\n");
  const Result result =
      run_prun({"imap_unordered", "-j", "3", "--cmd", "make -s -f " + shop.path("makefile") + " {}", "all", "all"});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(shop.log().size() == 20);
  CHECK(shop.most() == 3);
}

TEST_CASE("pruns that prun runs share its workers, whichever the style") {
  for (const char* style : {"pipe", "fifo"}) {
    CAPTURE(style);
    const Workshop shop(3);
    const Result result = run_prun(
        {"imap_unordered", "-j", "3", "--jobserver-style", style, "--sh", four_steps(shop, "") + " && : {}", "a", "b"});
    INFO(result);
    CHECK(result.status == 0);
    CHECK(shop.log().size() == 16);
    CHECK(shop.most() == 3);
  }
}

TEST_CASE("a prun within a make passes the make's jobserver to its commands") {
  const Workshop shop(3);
  shop.write("inner", "all: 1 2 3 4\n1 2 3 4:\n\t" + shop.path("step") + "\n");
  shop.write("makefile", "all:\n\t+" + prun_binary() + " imap_unordered -j 8 --cmd 'make -s -f " + shop.path("inner") +
                             " {}' all all\n");
  const Result result = run_make(shop, {"-j3"});
  INFO(result);
  CHECK(result.status == 0);
  CHECK(result.err.empty());
  CHECK(shop.log().size() == 16);
  CHECK(shop.most() == 3);
}

TEST_CASE("with --no-jobserver prun uses no jobserver") {
  const Workshop shop(8);
  const Tokens make("ab");
  const Result result = run_command(within(make, {"imap_unordered", "-j", "8", "--no-jobserver", "--cmd",
                                                  shop.path("step"), "1", "2", "3", "4", "5", "6", "7", "8"}));
  INFO(result);
  CHECK(result.status == 0);
  CHECK(shop.most() == 8);
  CHECK(make.all_back());
}

TEST_CASE("every token is returned when a run has ended, whatever the outcomes of its tasks") {
  const Workshop shop(3);
  const Tokens make("ab");
  const char* last = "8";
  int status = 0;
  SUBCASE("they succeeded") {}
  SUBCASE("some failed") {
    last = "fail";
    status = 1;
  }
  const Result result = run_command(
      within(make, {"imap_unordered", "-j", "8", "--cmd", shop.path("step"), "1", "2", "3", "4", "5", last}));
  INFO(result);
  CHECK(result.status == status);
  CHECK(shop.most() == 3);
  CHECK(make.all_back());
}

TEST_CASE("functions take tokens too, and return them") {
  const Tokens make("ab");
  const Result result = run_command(within(make, {"imap", "-j", "3", "identity", "1..20000", "--format", "{result}"}));
  CHECK(result.status == 0);
  CHECK(lines_of(result.out).size() == 20000);
  CHECK(make.all_back());
}

TEST_CASE("an interrupted run has given back its tokens when it ends") {
  for (const int signal : {SIGTERM, SIGINT}) {
    const Workshop shop(100);
    const Tokens make("ab");
    Process prun(within(make, {"imap", "-j", "8", "--cmd", shop.path("step"), "1", "2", "3", "4"}));
    REQUIRE(prun.wait_until([&] { return shop.log().size() == 3; }));
    prun.signal(signal);
    CHECK(prun.wait().status == 128 + signal);
    CHECK(shop.log().size() == 3);
    CHECK(make.all_back());
  }
}

TEST_CASE("the tokens of a killed run are returned when its workers have ended") {
  const Workshop shop(100);
  const Tokens make("ab");
  Process prun(within(make, {"imap", "-j", "8", "--cmd", shop.path("step"), "1", "2", "3", "4"}));
  REQUIRE(prun.wait_until([&] { return shop.log().size() == 3; }));
  prun.signal(SIGKILL);
  CHECK(prun.wait().signal == SIGKILL);
  CHECK(shop.log().size() == 3);
  CHECK(make.all_back(60'000));
}

TEST_CASE("a run says that the jobserver has no free token") {
  const Tokens make("");
  Process prun(within(make, {"imap", "-j", "2", "--ungroup", "--sh", "echo here; exec sleep 300", "1", "2"}));
  REQUIRE(prun.wait_for_lines(1));
  prun.signal(SIGUSR1);
  REQUIRE(prun.wait_until([&] { return contains(prun.err(), " elapsed"); }));
  CHECK(contains(prun.err(), "prun: nothing starts: the jobserver has no free token\n"));
  prun.signal(SIGTERM);
  CHECK(prun.wait().status == 143);
}
