package dev.ratematch.k8s.scaler;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.Pattern;

/// Reads as much of the language of `.proto` files as ours needs. Protobuf's own library does the
/// rest, so that what the file says is checked by what protobuf makes of it.
final class ProtoFile {

    private static final Pattern COMMENT = Pattern.compile("//.*");
    private static final Pattern BLOCK =
            Pattern.compile("(message|service) (\\w+) \\{([^}]*)\\}", Pattern.DOTALL);
    private static final Pattern FIELD = Pattern.compile("(repeated )?(\\w+) (\\w+) = (\\d+);");
    private static final Pattern MAP = Pattern.compile("map<string, string> (\\w)(\\w*) = (\\d+);");
    private static final Pattern METHOD =
            Pattern.compile("rpc (\\w+)\\((\\w+)\\) returns \\((stream )?(\\w+)\\);");

    private ProtoFile() {}

    static FileDescriptor parse(String name, String text) {
        var file = FileDescriptorProto.newBuilder().setName(name).setSyntax("proto3");
        file.setPackage("externalscaler");
        var blocks = BLOCK.matcher(COMMENT.matcher(text).replaceAll(""));
        while (blocks.find()) {
            if (blocks.group(1).equals("message")) {
                file.addMessageType(message(blocks.group(2), blocks.group(3)));
            } else {
                file.addService(service(blocks.group(2), blocks.group(3)));
            }
        }
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new IllegalArgumentException(name + " is no valid .proto", e);
        }
    }

    private static DescriptorProto message(String name, String body) {
        var message = DescriptorProto.newBuilder().setName(name);
        var fields = FIELD.matcher(body);
        while (fields.find()) {
            message.addField(
                    field(fields.group(2), fields.group(3), Integer.parseInt(fields.group(4)))
                            .setLabel(
                                    fields.group(1) == null
                                            ? FieldDescriptorProto.Label.LABEL_OPTIONAL
                                            : FieldDescriptorProto.Label.LABEL_REPEATED));
        }
        // A map is a list of entries, as the language's specification says.
        var maps = MAP.matcher(body);
        while (maps.find()) {
            String entry = maps.group(1).toUpperCase(Locale.ROOT) + maps.group(2) + "Entry";
            message.addNestedType(
                    DescriptorProto.newBuilder()
                            .setName(entry)
                            .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                            .addField(field("string", "key", 1))
                            .addField(field("string", "value", 2)));
            message.addField(
                    field(
                                    name + "." + entry,
                                    maps.group(1) + maps.group(2),
                                    Integer.parseInt(maps.group(3)))
                            .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED));
        }
        return message.build();
    }

    private static FieldDescriptorProto.Builder field(String type, String name, int number) {
        var field = FieldDescriptorProto.newBuilder().setName(name).setNumber(number);
        return switch (type) {
            case "string" -> field.setType(FieldDescriptorProto.Type.TYPE_STRING);
            case "bool" -> field.setType(FieldDescriptorProto.Type.TYPE_BOOL);
            case "int64" -> field.setType(FieldDescriptorProto.Type.TYPE_INT64);
            case "double" -> field.setType(FieldDescriptorProto.Type.TYPE_DOUBLE);
            default -> field.setTypeName(type);
        };
    }

    private static ServiceDescriptorProto service(String name, String body) {
        var methods = new ArrayList<MethodDescriptorProto>();
        var matcher = METHOD.matcher(body);
        while (matcher.find()) {
            methods.add(
                    MethodDescriptorProto.newBuilder()
                            .setName(matcher.group(1))
                            .setInputType(matcher.group(2))
                            .setServerStreaming(matcher.group(3) != null)
                            .setOutputType(matcher.group(4))
                            .build());
        }
        return ServiceDescriptorProto.newBuilder().setName(name).addAllMethod(methods).build();
    }
}
