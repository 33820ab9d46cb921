#include "sys/file_identity.hpp"

#include "support/folder.hpp"
#include "sys/fd.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using prun::sys::identity_of;

namespace fs = std::filesystem;

TEST_CASE("two names of one file are the same, whatever leads to it") {
  const prun::test::Folder folder;
  std::ofstream(folder.file("one")) << "1";
  std::ofstream(folder.file("two")) << "1";
  fs::create_symlink("one", folder.file("link"));
  fs::create_hard_link(folder.file("one"), folder.file("hard"));
  const auto one = identity_of(folder.file("one"));
  REQUIRE(one);
  CHECK(identity_of(folder.file("./one")) == one);
  CHECK(identity_of(folder.file("link")) == one);
  CHECK(identity_of(folder.file("hard")) == one);
  CHECK(identity_of(folder.file("two")) != one);
  const prun::sys::Fd open(::open(folder.file("one").c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(identity_of(open.get()) == one);
}

TEST_CASE("two names of a file that does not exist yet are the same") {
  const prun::test::Folder folder;
  fs::create_directory(folder.file("sub"));
  fs::create_symlink("new", folder.file("link"));
  const auto there = identity_of(folder.file("new"));
  REQUIRE(there);
  CHECK(identity_of(folder.file("sub/../new")) == there);
  CHECK(identity_of(folder.file("link")) == there);
  CHECK(identity_of(folder.file("other")) != there);
  CHECK(identity_of(folder.file("sub/new")) != there);
}

TEST_CASE("a pipe, a device and a file that cannot be created have no identity") {
  const prun::test::Folder folder;
  CHECK_FALSE(identity_of("/dev/null"));
  CHECK_FALSE(identity_of(folder.file("")));
  CHECK_FALSE(identity_of(folder.file("missing/new")));
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const prun::sys::Fd read_end(ends[0]);
  const prun::sys::Fd write_end(ends[1]);
  CHECK_FALSE(identity_of(read_end.get()));
}
