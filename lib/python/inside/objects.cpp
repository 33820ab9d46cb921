#include "python/inside/objects.hpp"

#include <prun/error.hpp>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

namespace prun::python {
namespace {

using wire::Kind;
using wire::ValueReader;
using wire::ValueWriter;

// Of the stable interface: bits in the flags of a type that is int, list, ... or is derived from it.
constexpr unsigned long int_subclass = 1UL << 24;
constexpr unsigned long list_subclass = 1UL << 25;
constexpr unsigned long tuple_subclass = 1UL << 26;
constexpr unsigned long bytes_subclass = 1UL << 27;
constexpr unsigned long str_subclass = 1UL << 28;
constexpr unsigned long dict_subclass = 1UL << 29;

Ref owned(Object* object) {
  if (object == nullptr) throw Raised{};
  return Ref(object);
}

Ref borrowed(Object* object) {
  py.Py_IncRef(object);
  return Ref(object);
}

Ref to_str(std::string_view text) {
  return owned(py.PyUnicode_DecodeUTF8(text.data(), static_cast<std::ptrdiff_t>(text.size()), "surrogateescape"));
}

Ref to_list(ValueReader& value) {
  const std::uint32_t size = value.array();
  Ref list = owned(py.PyList_New(size));
  for (std::uint32_t i = 0; i < size; ++i) py.PyList_SetItem(list.get(), i, to_object(value).release());
  return list;
}

Ref to_dict(ValueReader& value) {
  Ref dict = owned(py.PyDict_New());
  for (std::uint32_t left = value.map(); left > 0; --left) {
    const Ref key = to_str(value.string());
    const Ref member = to_object(value);
    if (py.PyDict_SetItem(dict.get(), key.get(), member.get()) != 0) throw Raised{};
  }
  return dict;
}

bool has(unsigned long flags, unsigned long kinds) noexcept { return (flags & kinds) != 0; }

/// The value has more levels than a result may have.
struct TooDeep {};

class Writer {
 public:
  Writer(std::string& out, const Helpers& helpers) : writer_(out), helpers_(helpers) {}

  void append(Object* object, int depth) {
    if (object == py.none) return writer_.null();
    if (object == py.yes || object == py.no) return writer_.boolean(object == py.yes);
    const Ref type(py.PyObject_Type(object));
    const unsigned long flags = py.PyType_GetFlags(type.get());
    if (has(flags, int_subclass)) return append_int(object);
    if (has(flags, str_subclass)) return append_str(object);
    if (depth == wire::max_depth && has(flags, list_subclass | tuple_subclass | dict_subclass)) throw TooDeep{};
    if (has(flags, tuple_subclass)) return append_tuple(object, depth);
    if (has(flags, list_subclass)) return append_list(object, depth);
    if (has(flags, dict_subclass)) return append_dict(object, depth);
    if (has(flags, bytes_subclass)) return append_bytes(object);
    if (py.PyType_IsSubtype(type.get(), py.PyFloat_Type) != 0) return writer_.floating(py.PyFloat_AsDouble(object));
    append_other(object, type.get(), depth);
  }

  void append_whole_text(Object* object) { append_str(call(helpers_.whole_text, object).get()); }

 private:
  void append_int(Object* object) {
    int overflow = 0;
    const long long number = py.PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) return writer_.integer(number);
    if (overflow > 0) {
      const unsigned long long large = py.PyLong_AsUnsignedLongLong(object);
      if (py.PyErr_Occurred() == nullptr) return writer_.unsigned_integer(large);
    }
    py.PyErr_Clear();
    writer_.decimal(text_of(call(helpers_.digits, object).get()));
  }

  void append_str(Object* object) {
    std::ptrdiff_t size = 0;
    if (const char* text = py.PyUnicode_AsUTF8AndSize(object, &size)) {
      return writer_.string({text, static_cast<std::size_t>(size)});
    }
    py.PyErr_Clear();
    const Ref bytes(py.PyUnicode_AsEncodedString(object, "utf-8", "surrogateescape"));
    if (bytes) return writer_.string(bytes_of(bytes.get()));
    py.PyErr_Clear();
    writer_.string(text_of(call(helpers_.plain, object).get()));
  }

  void append_bytes(Object* object) { writer_.binary(bytes_of(object)); }

  void append_list(Object* list, int depth) {
    // Converting an element may run code of the user that shortens the list.
    const auto size = static_cast<std::uint32_t>(py.PyList_Size(list));
    writer_.array(size);
    for (std::uint32_t i = 0; i < size; ++i) {
      Object* element = py.PyList_GetItem(list, i);
      if (element == nullptr) throw Raised{};
      append(borrowed(element).get(), depth + 1);
    }
  }

  void append_tuple(Object* tuple, int depth) {
    const auto size = static_cast<std::uint32_t>(py.PyTuple_Size(tuple));
    writer_.array(size);
    for (std::uint32_t i = 0; i < size; ++i) append(py.PyTuple_GetItem(tuple, i), depth + 1);
  }

  void append_dict(Object* dict, int depth) {
    const auto size = static_cast<std::uint32_t>(py.PyDict_Size(dict));
    writer_.map(size);
    std::ptrdiff_t position = 0;
    Object* key = nullptr;
    Object* member = nullptr;
    std::uint32_t appended = 0;
    while (appended < size && py.PyDict_Next(dict, &position, &key, &member) != 0) {
      const Ref own_key = borrowed(key);
      const Ref own_member = borrowed(member);
      append_key(own_key.get());
      append(own_member.get(), depth + 1);
      ++appended;
    }
    if (appended != size) throw SerializationError("the result has a dict that changed while it was converted");
  }

  void append_key(Object* key) {
    const Ref type(py.PyObject_Type(key));
    const unsigned long flags = py.PyType_GetFlags(type.get());
    if (has(flags, str_subclass)) return append_str(key);
    if (has(flags, int_subclass) && key != py.yes && key != py.no) {  // as json.dumps does
      int overflow = 0;
      const long long number = py.PyLong_AsLongLongAndOverflow(key, &overflow);
      if (overflow == 0) return writer_.string(std::to_string(number));
    }
    append_str(call(helpers_.plain_key, key).get());
  }

  void append_other(Object* object, Object* type, int depth) {
    if (py.PyType_IsSubtype(type, py.PyByteArray_Type) != 0) {
      return writer_.binary({py.PyByteArray_AsString(object), static_cast<std::size_t>(py.PyByteArray_Size(object))});
    }
    if (py.PyType_IsSubtype(type, helpers_.number) != 0) {
      return writer_.decimal(text_of(owned(py.PyObject_GetAttrString(object, "text")).get()));
    }
    if (depth == wire::max_depth) throw TooDeep{};
    append(call(helpers_.plain, object).get(), depth + 1);
  }

  static Ref call(Object* function, Object* argument) {
    return owned(py.PyObject_CallFunctionObjArgs(function, argument, nullptr));
  }

  static std::string_view text_of(Object* str) {
    std::ptrdiff_t size = 0;
    const char* text = py.PyUnicode_AsUTF8AndSize(str, &size);
    if (text == nullptr) throw Raised{};
    return {text, static_cast<std::size_t>(size)};
  }

  static std::string_view bytes_of(Object* object) {
    char* bytes = nullptr;
    std::ptrdiff_t size = 0;
    if (py.PyBytes_AsStringAndSize(object, &bytes, &size) != 0) throw Raised{};
    return {bytes, static_cast<std::size_t>(size)};
  }

  ValueWriter writer_;
  const Helpers& helpers_;
};

Ref to_number(std::string_view text) {
  const std::string copy(text);
  if (copy.find_first_of(".eE") != std::string::npos)
    return owned(py.PyFloat_FromDouble(std::strtod(copy.c_str(), nullptr)));
  return owned(py.PyLong_FromString(copy.c_str(), nullptr, 10));
}

Ref to_bytes(std::string_view bytes) {
  return owned(py.PyBytes_FromStringAndSize(bytes.data(), static_cast<std::ptrdiff_t>(bytes.size())));
}

}  // namespace

Ref to_object(ValueReader& value) {
  switch (value.peek()) {
    case Kind::null: value.null(); return borrowed(py.none);
    case Kind::boolean: return borrowed(value.boolean() ? py.yes : py.no);
    case Kind::integer: return owned(py.PyLong_FromLongLong(value.integer()));
    case Kind::unsigned_integer: return owned(py.PyLong_FromUnsignedLongLong(value.unsigned_integer()));
    case Kind::floating: return owned(py.PyFloat_FromDouble(value.floating()));
    case Kind::string: return to_str(value.string());
    case Kind::array: return to_list(value);
    case Kind::map: return to_dict(value);
    case Kind::decimal: return to_number(value.decimal());
    case Kind::binary: return to_bytes(value.binary());
  }
  throw wire::DecodeError("no such kind of value");
}

Ref to_tuple(std::string_view array) {
  ValueReader reader(array);
  const std::uint32_t size = reader.array();
  Ref tuple = owned(py.PyTuple_New(size));
  for (std::uint32_t i = 0; i < size; ++i) py.PyTuple_SetItem(tuple.get(), i, to_object(reader).release());
  return tuple;
}

bool is_plain(Object* object) {
  if (object == py.none || object == py.yes || object == py.no) return true;
  const Ref type(py.PyObject_Type(object));
  const unsigned long kinds =
      int_subclass | str_subclass | list_subclass | tuple_subclass | dict_subclass | bytes_subclass;
  return has(py.PyType_GetFlags(type.get()), kinds) || py.PyType_IsSubtype(type.get(), py.PyFloat_Type) != 0;
}

void append_value(std::string& out, Object* object, const Helpers& helpers) {
  const std::size_t before = out.size();
  try {
    Writer(out, helpers).append(object, 0);
  } catch (const TooDeep&) {  // the result as a whole, because one that contains itself may be of exponential size
    out.resize(before);
    Writer(out, helpers).append_whole_text(object);
  }
}

}  // namespace prun::python
