// Tokens, with a make that is played by the test: it makes the pipe and looks at what comes back.
#include "jobserver/tokens.hpp"

#include "jobserver/join.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

using namespace prun::jobserver;

namespace {

/// A jobserver as make has it: a blocking pipe, and each byte another.
class FakeMake {
 public:
  explicit FakeMake(const std::string& tokens) {
    REQUIRE(::pipe(ends_.data()) == 0);
    REQUIRE(::write(ends_[1], tokens.data(), tokens.size()) == static_cast<ssize_t>(tokens.size()));
  }
  FakeMake(const FakeMake&) = delete;
  FakeMake& operator=(const FakeMake&) = delete;
  ~FakeMake() {
    for (const int end : ends_) ::close(end);
  }
  [[nodiscard]] Address address() const { return {"", ends_[0], ends_[1]}; }
  [[nodiscard]] std::string flags() const {
    return "k -j --jobserver-auth=" + std::to_string(ends_[0]) + ',' + std::to_string(ends_[1]);
  }
  /// What lies in the pipe; it is put back.
  [[nodiscard]] std::string tokens() const {
    std::string all;
    char token = 0;
    pollfd wait{ends_[0], POLLIN, 0};
    while (::poll(&wait, 1, 0) == 1 && ::read(ends_[0], &token, 1) == 1) all += token;
    REQUIRE(::write(ends_[1], all.data(), all.size()) == static_cast<ssize_t>(all.size()));
    std::sort(all.begin(), all.end());
    return all;
  }
  [[nodiscard]] bool blocking() const { return (::fcntl(ends_[0], F_GETFL) & O_NONBLOCK) == 0; }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace

TEST_CASE("tokens are taken while there are some, and returned unchanged") {
  const FakeMake make("abc");
  Tokens tokens(*TokenPipe::open(make.address()), 8);
  CHECK(tokens.take());
  CHECK(tokens.take());
  CHECK(make.tokens().size() == 1);
  CHECK(tokens.take());
  CHECK_FALSE(tokens.take());
  CHECK(tokens.count() == 3);
  tokens.keep(2);
  CHECK(make.tokens().size() == 1);
  tokens.keep(5);
  CHECK(tokens.count() == 2);
  tokens.keep(0);
  CHECK(make.tokens() == "abc");
}

TEST_CASE("no more tokens are taken than can be used") {
  const FakeMake make("abc");
  Tokens tokens(*TokenPipe::open(make.address()), 2);
  CHECK(tokens.take());
  CHECK(tokens.take());
  CHECK_FALSE(tokens.take());
  CHECK(make.tokens().size() == 1);
}

TEST_CASE("make's own descriptors stay blocking") {
  const FakeMake make("");
  Tokens tokens(*TokenPipe::open(make.address()), 8);
  CHECK_FALSE(tokens.take());
  CHECK(make.blocking());
}

TEST_CASE("all tokens are returned when their holder ends") {
  const FakeMake make("abc");
  {
    Tokens tokens(*TokenPipe::open(make.address()), 8);
    CHECK(tokens.take());
    CHECK(tokens.take());
  }
  CHECK(make.tokens() == "abc");
}

TEST_CASE("another process returns the tokens of its parent, each only once") {
  const FakeMake make("abc");
  Tokens tokens(*TokenPipe::open(make.address()), 8);
  CHECK(tokens.take());
  CHECK(tokens.take());
  const pid_t child = ::fork();
  if (child == 0) {
    tokens.leave();
    ::_exit(0);
  }
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(make.tokens() == "abc");
  CHECK(tokens.count() == 0);
  tokens.keep(0);
  CHECK(make.tokens() == "abc");
}

TEST_CASE("descriptors that are not the two ends of a pipe are refused") {
  const FakeMake make("a");
  const FakeMake other("b");
  const Address good = make.address();
  CHECK_FALSE(TokenPipe::open({"", good.read, other.address().write}));
  CHECK_FALSE(TokenPipe::open({"", good.write, good.read}));
  CHECK_FALSE(TokenPipe::open({"", 1022, 1023}));
  CHECK_FALSE(TokenPipe::open({"", -2, -2}));
  CHECK_FALSE(TokenPipe::open({"/dev/null", -1, -1}));
  CHECK_FALSE(TokenPipe::open({"/nonexistent/fifo", -1, -1}));
  CHECK(TokenPipe::open(good));
}

TEST_CASE("within make a run takes part in make's jobserver, and passes it on as it is") {
  const FakeMake make("ab");
  const Joined joined = join(make.flags(), {4, true, Style::pipe});
  REQUIRE(joined.tokens);
  CHECK(joined.tokens->take());
  CHECK(make.tokens().size() == 1);
  CHECK_FALSE(joined.make_flags);
}

TEST_CASE("without a make, or if make has closed its pipe, a run offers its idle workers") {
  for (const std::string flags : {"", "k -j9 --jobserver-auth=1022,1023"}) {
    CAPTURE(flags);
    const Joined joined = join(flags, {3, true, Style::pipe});
    REQUIRE(joined.tokens);
    REQUIRE(joined.make_flags);
    const Address address = joined.tokens->address();
    CHECK(parse_make_flags(*joined.make_flags).jobserver == address);
    CHECK(joined.note.empty() == flags.empty());
    Tokens nested(*TokenPipe::open(address), 8);
    CHECK(nested.take());
    CHECK(joined.tokens->take());
    CHECK_FALSE(joined.tokens->take());
    CHECK_FALSE(nested.take());
  }
}

TEST_CASE("a run that starts no programs offers nothing") {
  const Joined joined = join("k", {3, false, Style::pipe});
  CHECK_FALSE(joined.tokens);
  CHECK_FALSE(joined.make_flags);
}

TEST_CASE("a fifo is found by its name, for as long as its maker lives") {
  std::string name;
  {
    const Joined joined = join("", {3, true, Style::fifo});
    name = joined.tokens->address().fifo;
    CHECK(*joined.make_flags == " -j3 --jobserver-auth=fifo:" + name);
    Tokens nested(*TokenPipe::open({name, -1, -1}), 8);
    CHECK(nested.take());
    CHECK(nested.take());
    CHECK_FALSE(nested.take());
  }
  CHECK_FALSE(std::filesystem::exists(name));
}
