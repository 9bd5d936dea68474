"""Draw the lesson's graph and its network, and write both pictures into the current folder."""

from micrograd_sq import draw_dot, draw_network, statquest

net = statquest.network(b3=0.0)
b3 = net["b3"]  # trainable: the other six parameters are fixed

loss = statquest.loss(net)
loss.backward()

graph = draw_dot(loss, optimised=net.parameters(), to_find=[b3], highlight=b3)
graph.write("ssr.svg")
print("wrote ssr.svg")

network = draw_network(net, optimised=net.parameters(), to_find=[b3])
network.write("network.svg")
print("wrote network.svg")
