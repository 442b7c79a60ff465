package main

import (
	"context"
	"os"

	commonv1 "github.com/dapr/dapr/pkg/proto/common/v1"
	componentsv1 "github.com/dapr/dapr/pkg/proto/components/v1"
	runtimev1 "github.com/dapr/dapr/pkg/proto/runtime/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// writeDescriptors prints Dapr's public protocol as it is linked in: a google.protobuf.FileDescriptorSet with every
// file of the runtime, common and components packages and what they import, imports first.
func writeDescriptors(context.Context, []string) error {
	set := &descriptorpb.FileDescriptorSet{}
	seen := map[string]bool{}
	for _, file := range []protoreflect.FileDescriptor{
		commonv1.File_dapr_proto_common_v1_common_proto,
		runtimev1.File_dapr_proto_runtime_v1_dapr_proto,
		runtimev1.File_dapr_proto_runtime_v1_appcallback_proto,
		componentsv1.File_dapr_proto_components_v1_state_proto,
		componentsv1.File_dapr_proto_components_v1_pubsub_proto,
		componentsv1.File_dapr_proto_components_v1_bindings_proto,
		componentsv1.File_dapr_proto_components_v1_secretstore_proto,
	} {
		addFile(set, seen, file)
	}
	bytes, err := proto.Marshal(set)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(bytes)
	return err
}

func addFile(set *descriptorpb.FileDescriptorSet, seen map[string]bool, file protoreflect.FileDescriptor) {
	if seen[file.Path()] {
		return
	}
	seen[file.Path()] = true
	imports := file.Imports()
	for i := range imports.Len() {
		addFile(set, seen, imports.Get(i).FileDescriptor)
	}
	set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
}
