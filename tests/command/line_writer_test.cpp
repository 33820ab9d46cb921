// Lines of running commands on their way to a shared output.
#include "command/line_writer.hpp"

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

using namespace prun::command;

namespace {

/// What a writer with that tag makes of the pieces.
std::string written(const std::string& tag, const std::vector<std::string>& pieces) {
  const prun::sys::Fd file(::memfd_create("lines", MFD_CLOEXEC));
  REQUIRE(file.get() >= 0);
  const OutputLock lock;
  LineWriter writer(file.get(), tag, lock);
  for (const std::string& piece : pieces) writer.add(piece);
  writer.finish();
  std::string text(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  CHECK(::pread(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  return text;
}

}  // namespace

TEST_CASE("lines are written completely, each after the tag, and the last one gets a newline") {
  CHECK(written("", {"a\nb", "c\nd"}) == "a\nbc\nd\n");
  CHECK(written("t\t", {"a\nb", "c\n\nd"}) == "t\ta\nt\tbc\nt\t\nt\td\n");
  CHECK(written("t\t", {}).empty());
}

TEST_CASE("long lines among short ones keep their order and their tags") {
  const std::string longer(200'000, 'x');
  std::string lines = "first\n" + longer + "\nsecond\n";
  std::string tagged = "t\tfirst\nt\t" + longer + "\nt\tsecond\n";
  for (int i = 0; i < 30'000; ++i) {
    lines += "short\n";
    tagged += "t\tshort\n";
  }
  lines += longer;
  tagged += "t\t" + longer + "\n";
  CHECK(written("t\t", {lines}) == tagged);
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < lines.size(); at += 16384) pieces.push_back(lines.substr(at, 16384));
  CHECK(written("t\t", pieces) == tagged);
}
