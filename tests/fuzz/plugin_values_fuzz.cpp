// Bytes of any kind as a plugin's arguments: its reader stays within them, and reads what prun's own reader does.
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <prun/detail/plugin_codec.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace prun;

void require(bool condition) {
  if (!condition) std::abort();
}

int append(void* target, const void* bytes, std::size_t count) {
  static_cast<std::string*>(target)->append(static_cast<const char*>(bytes), count);
  return 0;
}

/// Reads one value and writes it again.
void copy(plugin::Reader& reader, plugin::Writer& writer, int depth) {
  if (depth > wire::max_depth + 1) throw ArgumentError(" is nested too deep");  // the deepest array may have elements
  switch (reader.peek()) {
    case plugin::Kind::null: return reader.null(), writer.null();
    case plugin::Kind::boolean: return writer.boolean(reader.boolean());
    case plugin::Kind::integer: return writer.integer(reader.integer());
    case plugin::Kind::unsigned_integer: return writer.unsigned_integer(reader.unsigned_integer());
    case plugin::Kind::floating: return writer.floating(reader.floating());
    case plugin::Kind::string: return writer.string(reader.string());
    case plugin::Kind::array: {
      const std::size_t size = reader.array();
      writer.array(size);
      for (std::size_t i = 0; i < size; ++i) copy(reader, writer, depth + 1);
      return;
    }
    case plugin::Kind::object: {
      const std::size_t size = reader.object();
      writer.object(size);
      for (std::size_t i = 0; i < size; ++i) {
        writer.string(reader.string());
        copy(reader, writer, depth + 1);
      }
      return;
    }
  }
}

/// Python has integers of any length, and bytes; plugins have neither. @param reader at a value that is one
bool plugins_have(wire::ValueReader& reader) {
  bool all = true;
  switch (reader.peek()) {
    case wire::Kind::decimal:
    case wire::Kind::binary: return static_cast<void>(reader.skip()), false;
    case wire::Kind::array:
      for (std::uint32_t left = reader.array(); left > 0; --left) all = plugins_have(reader) && all;
      return all;
    case wire::Kind::map:
      for (std::uint32_t left = reader.map(); left > 0; --left) {
        static_cast<void>(reader.string());
        all = plugins_have(reader) && all;
      }
      return all;
    default: return static_cast<void>(reader.skip()), true;
  }
}

template <class T>
void read_as(std::string_view bytes) {
  plugin::Reader reader(bytes.data(), bytes.size());
  try {
    static_cast<void>(plugin::Codec<T>::read(reader));
  } catch (const ArgumentError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  read_as<std::vector<std::tuple<std::int8_t, float, std::string_view>>>(bytes);
  read_as<std::map<std::string, std::vector<std::optional<std::array<std::uint16_t, 2>>>>>(bytes);
  std::string copied;
  const prun_output output{sizeof(prun_output), &copied, &append, nullptr};
  bool readable = true;
  try {
    plugin::Reader reader(bytes.data(), bytes.size());
    plugin::Writer writer(output);
    copy(reader, writer, 1);
    writer.flush();
  } catch (const ArgumentError&) {
    readable = false;
  }
  if (!wire::is_value(bytes)) return 0;
  if (wire::ValueReader reader(bytes); !plugins_have(reader)) {
    require(!readable);
    return 0;
  }
  require(readable && wire::is_value(copied));
  std::string expected;
  std::string json;
  wire::append_json(expected, bytes);
  wire::append_json(json, copied);
  require(json == expected);
  return 0;
}
