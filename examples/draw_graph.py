"""Draw the paths to b3, the lesson's whole graph and its network. Write the three pictures into the current folder."""

from micrograd_sq import Value, draw_dot, draw_network, ssr, statquest

net = statquest.network(b3=0.0)
b3 = net["b3"]  # trainable: the other six parameters are fixed

# The blue and the orange curve do not depend on b3. As plain numbers, they keep the picture small.
predicted = []
for dosage in statquest.DOSAGES:
    curves = statquest.predict(net, dosage).left
    prediction = Value(curves.data, "blue + orange") + b3
    prediction.label = "predicted"
    predicted.append(prediction)
loss = ssr(statquest.OBSERVED, predicted)
loss.backward()
draw_dot(loss, to_find=[b3], highlight=b3).write("b3_paths.svg")
print("wrote b3_paths.svg")

net.zero_grad()
loss = statquest.loss(net)
loss.backward()
draw_dot(loss, optimised=net.parameters(), to_find=[b3], highlight=b3).write("ssr.svg")
print("wrote ssr.svg")

picture = draw_network(net, optimised=net.parameters(), to_find=[b3], inputs=["dosage"], outputs=["effectiveness"])
picture.write("network.svg")
print("wrote network.svg")
