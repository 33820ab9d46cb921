// See folder.hpp.
#include "support/folder.hpp"

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace prun::test {

Folder::Folder(const std::filesystem::path& parent) {
  std::string path = ((parent.empty() ? std::filesystem::temp_directory_path() : parent) / "prun-test-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = path;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Folder::within(std::string_view name) const {
  name.remove_prefix(std::min(name.find_first_not_of('/'), name.size()));
  return path_ / name;
}

void Folder::write(std::string_view name, std::string_view content) const {
  std::filesystem::create_directories(within(name).parent_path());
  std::ofstream file(within(name), std::ios::binary);
  file << content << std::flush;
  if (!file) throw std::runtime_error("cannot write " + within(name).string());
}

std::string Folder::read(std::string_view name) const {
  std::ifstream file(within(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace prun::test
