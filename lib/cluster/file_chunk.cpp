#include "cluster/file_chunk.hpp"

#include "wire/value.hpp"

namespace prun::cluster {
namespace {

constexpr std::uint64_t most_mode = 07777;

}  // namespace

std::string encode(const FileChunk& chunk) {
  std::string body;
  body.reserve(chunk.bytes.size() + chunk.name.size() + 64);
  wire::ValueWriter writer(body);
  writer.string(chunk.name);
  writer.unsigned_integer(chunk.index);
  writer.unsigned_integer(chunk.number);
  writer.unsigned_integer(chunk.mode);
  writer.string(chunk.error);
  writer.string(chunk.bytes);
  writer.boolean(chunk.last);
  return body;
}

FileChunk decode_file_chunk(std::string_view body) {
  wire::ValueReader reader(body);
  FileChunk chunk;
  chunk.name = reader.string();
  chunk.index = reader.unsigned_integer();
  chunk.number = reader.unsigned_integer();
  const std::uint64_t mode = reader.unsigned_integer();
  if (mode > most_mode) throw wire::DecodeError("a file has an unknown mode");
  chunk.mode = static_cast<std::uint32_t>(mode);
  chunk.error = reader.string();
  chunk.bytes = reader.string();
  chunk.last = reader.boolean();
  if (!reader.at_end()) throw wire::DecodeError("bytes follow a message");
  return chunk;
}

}  // namespace prun::cluster
