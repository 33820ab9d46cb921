#include "cluster/incoming_file.hpp"
#include "cluster/returned_files.hpp"

#include "wire/value.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>

using namespace prun::cluster;
using namespace prun::test;

namespace {

FileChunk chunk(std::string_view bytes, bool last) {
  FileChunk chunk;
  chunk.bytes = bytes;
  chunk.last = last;
  chunk.mode = 0640;
  return chunk;
}

std::size_t files_in(const Folder& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
    if (entry.is_regular_file()) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a file is seen when it is whole, with its mode") {
  const Folder folder;
  IncomingFile file(folder.file("a/b"));
  file.take(chunk("on", false));
  CHECK(folder.read("a/b").empty());
  file.take(chunk("e", true));
  CHECK(file.error().empty());
  CHECK(file.made());
  CHECK(folder.read("a/b") == "one");
  CHECK(std::filesystem::status(folder / "a/b").permissions() == std::filesystem::perms(0640));
}

TEST_CASE("a file that is not whole leaves nothing") {
  const Folder folder;
  {
    IncomingFile file(folder.file("a"));
    file.take(chunk("on", false));
    CHECK(files_in(folder) == 1);
  }
  CHECK(files_in(folder) == 0);
}

TEST_CASE("a file that is there already with the same contents is left alone") {
  const Folder folder;
  folder.write("a", "one");
  std::filesystem::permissions(folder / "a", std::filesystem::perms(0640));
  const auto before = std::filesystem::last_write_time(folder / "a");
  {
    IncomingFile file(folder.file("a"));
    file.take(chunk("one", true));
    CHECK_FALSE(file.made());
  }
  CHECK(std::filesystem::last_write_time(folder / "a") == before);
  IncomingFile other(folder.file("a"));
  other.take(chunk("two", true));
  CHECK_FALSE(other.made());
  CHECK(folder.read("a") == "two");
}

TEST_CASE("errors of the sender and of the disk are kept") {
  IncomingFile unsent("/nowhere");
  FileChunk refused = chunk("", true);
  refused.error = "cannot read it";
  unsent.take(refused);
  CHECK(unsent.error() == "cannot read it");
  IncomingFile unwritten("/dev/null/a");
  unwritten.take(chunk("one", false));
  unwritten.take(chunk("two", true));
  CHECK(unwritten.error().find("/dev/null") != std::string::npos);
}

TEST_CASE("a file that cannot be written under its name says nothing about the machine") {
  IncomingFile file("/dev/null/a");
  file.take(chunk("one", true));
  CHECK_FALSE(file.error().empty());
  CHECK(file.machine_error().empty());
}

TEST_CASE("a returned file whose last part is missing is an error that names it, and leaves nothing") {
  const Folder folder;
  ReturnedFiles files;
  files.expect(3, {folder.file("whole"), folder.file("half")});
  FileChunk part = chunk("one", true);
  part.index = 3;
  files.take(part);
  part.number = 1;
  part.last = false;
  files.take(part);
  CHECK(files.finish(3).find(folder.file("half") + " has not come back: the host sent only a part of it") == 0);
  CHECK(folder.read("whole") == "one");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a returned file of which nothing has come is an error that names it") {
  const Folder folder;
  ReturnedFiles files;
  files.expect(3, {folder.file("a")});
  CHECK(files.finish(3).find(folder.file("a") + " has not come back: the host sent no part of it") == 0);
  files.expect(3, {});
  CHECK(files.finish(3).empty());
}

TEST_CASE("the second attempt of a task returns its files again") {
  const Folder folder;
  ReturnedFiles files;
  FileChunk part = chunk("one", false);
  part.index = 3;
  files.expect(3, {folder.file("a")});
  files.take(part);
  static_cast<void>(files.finish(3));
  files.expect(3, {folder.file("a")});
  part.bytes = "two";
  part.last = true;
  files.take(part);
  CHECK(files.finish(3).empty());
  CHECK(folder.read("a") == "two");
}

TEST_CASE("a node writes only the files that its tasks return") {
  const Folder folder;
  ReturnedFiles files;
  files.expect(3, {folder.file("a")});
  FileChunk part = chunk("one", true);
  part.index = 4;
  files.take(part);
  part.index = 3;
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{1} << 32U, UINT64_MAX}) {
    part.number = number;
    files.take(part);
  }
  CHECK(files_in(folder) == 0);
  part.number = 0;
  part.name = "/etc/passwd";
  files.take(part);
  CHECK(files.finish(3).empty());
  CHECK(folder.read("a") == "one");
  files.take(part);
  CHECK(files.finish(3).empty());
}

TEST_CASE("the chunk of a file survives its way") {
  FileChunk part = chunk("bytes", false);
  part.name = "a/b";
  part.index = 7;
  part.number = (std::uint64_t{1} << 32U) + 2;
  part.error = "why";
  const std::string body = encode(part);
  const FileChunk back = decode_file_chunk(body);
  CHECK(back.name == "a/b");
  CHECK(back.index == 7);
  CHECK(back.number == (std::uint64_t{1} << 32U) + 2);
  CHECK(back.mode == 0640);
  CHECK(back.error == "why");
  CHECK(back.bytes == "bytes");
  CHECK_FALSE(back.last);
}

TEST_CASE("a mode that no file can have is refused, and is not cut") {
  FileChunk part = chunk("bytes", true);
  part.mode = 0200644;
  CHECK_THROWS_AS(static_cast<void>(decode_file_chunk(encode(part))), prun::wire::DecodeError);
}
