// Files on their way through the socket to the master, with the descriptors that a test leaves free.
#include "command/spilled_files.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace prun;
using namespace prun::command;

namespace {

sys::Fd file_of(const std::string& content) {
  sys::Fd file = make_unnamed_file();
  REQUIRE(::write(file.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  return file;
}

std::string content_of(const sys::FilePart& part) {
  std::string content(part.size, '\0');
  REQUIRE(::pread(part.fd, content.data(), content.size(), part.offset) == static_cast<ssize_t>(content.size()));
  return content;
}

std::string content_number(std::size_t number) { return std::string(5000, static_cast<char>('a' + number % 26)); }

/// While it lives, no descriptor is free.
class NoneFree {
 public:
  NoneFree() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const sys::Fd next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit used{static_cast<rlim_t>(next.get()), before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &used) == 0);
  }
  NoneFree(const NoneFree&) = delete;
  NoneFree& operator=(const NoneFree&) = delete;
  ~NoneFree() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

std::vector<SpilledFile> send(const SpilledFiles& files, std::size_t count) {
  std::vector<SpilledFile> sent;
  for (std::size_t i = 0; i < count; ++i) sent.push_back(files.send(file_of(content_number(i))));
  return sent;
}

}  // namespace

TEST_CASE("no file is lost if no descriptor is free") {
  SpilledFiles files;
  const auto sent = send(files, 40);
  const NoneFree none_free;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    CAPTURE(i);
    CHECK(sent[i].size == 5000);
    CHECK(content_of(files.look_at(sent[i].token)) == content_number(i));
    CHECK(content_of(files.take(sent[i].token)->part()) == content_number(i));
  }
}

TEST_CASE("files are complete in any order of taking, with few descriptors and with many") {
  for (const rlim_t limit : {rlim_t{80}, rlim_t{1024}}) {
    CAPTURE(limit);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit few{limit, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    {
      SpilledFiles files;
      const auto sent = send(files, 200);
      files.receive();
      for (std::size_t i = sent.size(); i-- > 0;) {
        CHECK(content_of(files.take(sent[i].token)->part()) == content_number(i));
      }
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
  }
}

TEST_CASE("a file that has not arrived is an error") {
  SpilledFiles files;
  const auto sent = send(files, 1);
  CHECK_THROWS_AS(static_cast<void>(files.look_at(sent[0].token + 1)), std::runtime_error);
  CHECK_THROWS_AS(static_cast<void>(files.share(sent[0].token + 1)), std::runtime_error);
  static_cast<void>(files.take(sent[0].token));
  CHECK_THROWS_WITH_AS(static_cast<void>(files.take(sent[0].token)),
                       "a large output is lost: its temporary file has not come", std::runtime_error);
}

TEST_CASE("files of a dead process that no result names are released, and the others are kept") {
  SpilledFiles files;
  const auto sent = send(files, 2);
  files.note_named(sent[1].token);
  files.give_back_unnamed(::getpid());
  CHECK_THROWS_AS(static_cast<void>(files.look_at(sent[0].token)), std::runtime_error);
  CHECK(content_of(files.look_at(sent[1].token)) == content_number(1));
}

TEST_CASE("a released file uses no disk space") {
  SpilledFiles files;
  const auto sent = send(files, 2);
  const NoneFree all_go_to_the_common_file;
  const int common = files.look_at(sent[1].token).fd;
  files.give_back(sent[0].token);
  files.give_back(sent[1].token);
  struct stat status {};
  REQUIRE(::fstat(common, &status) == 0);
  CHECK(status.st_size == 0);
}
