// DynamoDB Local in memory, on the loopback address alone: its own command line listens on every address, and sends telemetry.
// Runs as a single source file: java -cp '.tools/dynamodb-local/*' DynamoDbLocal.java PORT. Prints the port once it answers.
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;

class DynamoDbLocal {
    public static void main(String[] arguments) throws Exception {
        var server = new Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        server.addConnector(connector);
        // In memory; a database for each access key, so that tests do not meet.
        var requests = new LocalDynamoDBRequestHandler(0, true, null, false, false);
        server.setHandler(new ContextHandler(new LocalDynamoDBServerHandler(requests, "*")));
        server.start();
        System.out.println("listening on " + connector.getLocalPort());
        server.join();
    }
}
