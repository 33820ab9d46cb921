#include "python/inside/objects.hpp"

#include <prun/error.hpp>

#include <cstdint>
#include <utility>

namespace prun::python {
namespace {

using wire::Kind;
using wire::ValueReader;
using wire::ValueWriter;

// Of the stable interface: bits in the flags of a type that is int, list, ... or derived from it.
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

class Writer {
 public:
  explicit Writer(std::string& out) : writer_(out) {}

  void append(Object* object, int depth) {
    if (object == py.none) return writer_.null();
    if (object == py.yes || object == py.no) return writer_.boolean(object == py.yes);
    const Ref type(py.PyObject_Type(object));
    const unsigned long flags = py.PyType_GetFlags(type.get());
    if ((flags & int_subclass) != 0) return append_int(object);
    if ((flags & str_subclass) != 0) return append_str(object);
    if (depth == wire::max_depth && (flags & (list_subclass | tuple_subclass | dict_subclass)) != 0) {
      throw SerializationError("the result is nested deeper than " + std::to_string(wire::max_depth) + " levels");
    }
    if ((flags & tuple_subclass) != 0) return append_tuple(object, depth);
    if ((flags & list_subclass) != 0) return append_list(object, depth);
    if ((flags & dict_subclass) != 0) return append_dict(object, depth);
    if ((flags & bytes_subclass) != 0) return append_bytes(object);
    if (py.PyType_IsSubtype(type.get(), py.PyFloat_Type) != 0) return writer_.floating(py.PyFloat_AsDouble(object));
    append_other(object, type.get());
  }

 private:
  void append_int(Object* object) {
    int overflow = 0;
    const long long number = py.PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) return writer_.integer(number);
    if (overflow > 0) {
      const unsigned long long large = py.PyLong_AsUnsignedLongLong(object);
      if (py.PyErr_Occurred() == nullptr) {
        return writer_.unsigned_integer(large);
      }
    }
    py.PyErr_Clear();
    throw SerializationError("the result has an integer of more than 64 bits");
  }

  void append_str(Object* object) {
    std::ptrdiff_t size = 0;
    if (const char* text = py.PyUnicode_AsUTF8AndSize(object, &size)) {
      return writer_.string({text, static_cast<std::size_t>(size)});
    }
    py.PyErr_Clear();
    const Ref bytes(py.PyUnicode_AsEncodedString(object, "utf-8", "surrogateescape"));
    if (!bytes) {
      py.PyErr_Clear();
      throw SerializationError("the result has a string that is no Unicode text: it holds a lone surrogate");
    }
    append_bytes(bytes.get());
  }

  void append_bytes(Object* object) {
    char* bytes = nullptr;
    std::ptrdiff_t size = 0;
    if (py.PyBytes_AsStringAndSize(object, &bytes, &size) != 0) throw Raised{};
    writer_.string({bytes, static_cast<std::size_t>(size)});
  }

  void append_list(Object* list, int depth) {
    const auto size = static_cast<std::uint32_t>(py.PyList_Size(list));
    writer_.array(size);
    for (std::uint32_t i = 0; i < size; ++i) append(py.PyList_GetItem(list, i), depth + 1);
  }

  void append_tuple(Object* tuple, int depth) {
    const auto size = static_cast<std::uint32_t>(py.PyTuple_Size(tuple));
    writer_.array(size);
    for (std::uint32_t i = 0; i < size; ++i) append(py.PyTuple_GetItem(tuple, i), depth + 1);
  }

  void append_dict(Object* dict, int depth) {
    writer_.map(static_cast<std::uint32_t>(py.PyDict_Size(dict)));
    std::ptrdiff_t position = 0;
    Object* key = nullptr;
    Object* member = nullptr;
    while (py.PyDict_Next(dict, &position, &key, &member) != 0) {
      append_key(key);
      append(member, depth + 1);
    }
  }

  void append_key(Object* key) {
    const Ref type(py.PyObject_Type(key));
    const unsigned long flags = py.PyType_GetFlags(type.get());
    if ((flags & str_subclass) != 0) return append_str(key);
    if ((flags & int_subclass) != 0 && key != py.yes && key != py.no) {  // as json.dumps does
      int overflow = 0;
      const long long number = py.PyLong_AsLongLongAndOverflow(key, &overflow);
      if (overflow == 0) return writer_.string(std::to_string(number));
    }
    throw SerializationError("the result has a dict with a key of type " + name_of_type(type.get()) +
                             "; keys are strings");
  }

  void append_other(Object* object, Object* type) {
    if (py.PyType_IsSubtype(type, py.PyByteArray_Type) != 0) {
      return writer_.string({py.PyByteArray_AsString(object), static_cast<std::size_t>(py.PyByteArray_Size(object))});
    }
    if (py.PyIndex_Check(object) != 0) {
      if (const Ref number(py.PyNumber_Index(object)); number) return append_int(number.get());
      py.PyErr_Clear();
    }
    throw SerializationError("the result has a value of type " + name_of_type(type) +
                             ", which has no form outside of Python");
  }

  static std::string name_of_type(Object* type) {
    const Ref name(py.PyObject_GetAttrString(type, "__qualname__"));
    const char* text = name ? py.PyUnicode_AsUTF8AndSize(name.get(), nullptr) : nullptr;
    py.PyErr_Clear();
    return text == nullptr ? "without a name" : text;
  }

  ValueWriter writer_;
};

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

void append_value(std::string& out, Object* object) { Writer(out).append(object, 0); }

}  // namespace prun::python
