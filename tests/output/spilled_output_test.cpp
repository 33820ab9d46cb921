// Large outputs on their way from temporary files to a reader who takes his time.
#include "command/spilled_files.hpp"
#include "output/output_buffer.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

using namespace prun;

namespace {

command::SpilledFile kept_in(command::SpilledFiles& files, char letter) {
  sys::Fd file = command::make_unnamed_file();
  const std::string content(5001, letter);
  REQUIRE(::write(file.get(), content.data(), content.size()) == 5001);
  return files.adopt(std::move(file));
}

}  // namespace

TEST_CASE("the contents of a pipe do not change when their file is released") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit few{64, before.rlim_max};  // of which few files may be open: the others share one
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  {
    command::SpilledFiles files;
    std::string expected;
    std::vector<command::SpilledFile> kept;
    for (const char letter : std::string("abcdefghijkl")) {
      kept.push_back(kept_in(files, letter));
      expected += std::string(5001, letter);
    }
    int ends[2] = {-1, -1};
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    REQUIRE(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) > 0);
    {
      OutputBuffer out(ends[1], "a pipe", OutputBuffer::SlowReader::lets_wait);
      for (const auto& file : kept) {
        const auto content = files.take(file.token);
        out.copy_from(content->part(), content);
      }
      CHECK(out.empty());
    }
    std::string got(expected.size(), '\0');
    CHECK(::read(ends[0], got.data(), got.size()) == static_cast<ssize_t>(got.size()));
    CHECK((got == expected));
    for (const int end : ends) ::close(end);
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}
