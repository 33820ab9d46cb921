// A journal that is deleted or replaced while it is open.
#include "journal/file_places.hpp"

#include "journal/journal_support.hpp"
#include "sys/fd.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace prun;
using namespace prun::test;

namespace {

struct Watched {
  Watched() {
    std::ofstream(path) << "journal";
    std::ofstream(path + "-wal") << "log";
    file = sys::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    places.watch_main(path, file.get());
    places.watch_beside(path + "-wal");
    places.watch_beside(path + "-shm");
  }

  Folder folder;
  std::string path = folder.file("j");
  sys::Fd file;
  journal::FilePlaces places;
};

}  // namespace

TEST_CASE("files in their places, and one that was never there, are no matter") {
  const Watched watched;
  CHECK_FALSE(watched.places.displaced());
  std::ofstream(watched.path + "-shm") << "new";
  std::ofstream(watched.path) << "other content";
  CHECK_FALSE(watched.places.displaced());
}

TEST_CASE("a journal that is deleted, moved or replaced is noticed") {
  const Watched watched;
  std::filesystem::rename(watched.path, watched.path + ".moved");
  CHECK(watched.places.displaced() ==
        "the journal " + watched.path +
            " was deleted or moved while this run was using it; what this run recorded is "
            "not in it");
  std::ofstream(watched.path) << "another";
  CHECK(watched.places.displaced()->find(" was replaced by another file while") != std::string::npos);
  std::filesystem::rename(watched.path + ".moved", watched.path);
  CHECK_FALSE(watched.places.displaced());
}

TEST_CASE("a file beside the journal that is deleted is named") {
  const Watched watched;
  std::filesystem::remove(watched.path + "-wal");
  CHECK(watched.places.displaced()->starts_with("the file " + watched.path + "-wal of the journal " + watched.path +
                                                " was deleted or moved"));
}
